/**
 * The work's result, or what `late` answers or throws once `most_ms` are over; nothing without it. Work that is late goes
 * on.
 */
export async function within<T, Late = void>(
  most_ms: number,
  work: Promise<T>,
  late?: () => Late,
): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, most_ms);
  });
  try {
    return await Promise.race([work, over.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
