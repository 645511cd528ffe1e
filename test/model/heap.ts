/** What will happen, by time; at equal times, in the order of planning. */
export type Planned = { readonly at_ms: number; readonly order: number; readonly happen: () => void };

export type Heap = {
  push(planned: Planned): void;
  pop(): Planned | undefined;
};

export function createHeap(): Heap {
  const items: Planned[] = [];

  function siftUp(start: number, planned: Planned): void {
    let at = start;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = items[parentAt] as Planned;
      if (!isBefore(planned, parent)) break;
      items[at] = parent;
      at = parentAt;
    }
    items[at] = planned;
  }

  function siftDown(planned: Planned): void {
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= items.length) break;
      const right = items[childAt + 1];
      if (right !== undefined && isBefore(right, items[childAt] as Planned)) childAt += 1;
      const child = items[childAt] as Planned;
      if (!isBefore(child, planned)) break;
      items[at] = child;
      at = childAt;
    }
    items[at] = planned;
  }

  return {
    push: (planned) => {
      items.push(planned);
      siftUp(items.length - 1, planned);
    },
    pop: () => {
      const first = items[0];
      const last = items.pop();
      if (first !== undefined && last !== undefined && items.length > 0) siftDown(last);
      return first;
    },
  };
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at_ms < b.at_ms || (a.at_ms === b.at_ms && a.order < b.order);
}
