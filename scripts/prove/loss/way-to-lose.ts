/** How a play loses rows: a data folder that is put back, or a standby that is promoted without the last second. */
import { setTimeout as wait } from 'node:timers/promises';
import { openDataFolder } from './data-folder.ts';
import { DAY_S, HOUR_S, idle, type Scene } from './scene.ts';
import { openStandbyPair } from './standby-pair.ts';
import { untilTaken } from './taken.ts';

export type WayToLose = {
  /** The Postgres to begin on, as superuser. */
  readonly url: string;
  /** How long the span is that will be lost, by the business clock. */
  readonly span_s: number;
  /** What is written after this will be lost. */
  begin(scene: Scene): Promise<void>;
  /**
   * Loses it. Our processes run when it resolves, and it is a day later. `rest`: the last that is asked for in the span;
   * `told` is called when its rows are about to go.
   */
  lose(scene: Scene, rest: () => Promise<void>, told: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
};

const LATER_S = DAY_S + HOUR_S;
const POLL_MS = 20;
const NOTICED_MS = 30_000;
/** What part of the orders the primary has accepted when it dies. */
const TAKEN_PART = 0.75;

/** `says`: whether an operator says so before our processes are let at it. */
export async function byDataFolder(says: boolean): Promise<WayToLose> {
  const folder = await openDataFolder();
  return {
    url: folder.url,
    span_s: LATER_S,
    begin: async ({ ground }) => {
      await ground.stopCrew();
      await folder.backUp();
      await ground.startCrew();
    },
    lose: async (scene, rest, told) => {
      const { ground, operator, complaints } = scene;
      await rest();
      await idle(scene);
      await ground.stopCrew();
      await told();
      await folder.putBack();
      await ground.setClock();
      await ground.advance(LATER_S);
      if (says) {
        const { code, stderr } = await operator.type('restored');
        if (code !== 0) complaints.push(`restored: ${stderr}`);
      }
      await ground.startCrew();
    },
    close: folder.close,
  };
}

/** A standby that was cut off becomes the primary under processes that go on running; nobody says anything. */
export async function byPromotion(): Promise<WayToLose> {
  const pair = await openStandbyPair(false);
  return {
    url: pair.url,
    span_s: 0,
    begin: async () => {
      await pair.untilReplayed();
      pair.stopStreaming();
    },
    lose: async (scene, rest, told) => {
      const { ground, shop, orders } = scene;
      const placing = rest();
      await untilTaken(shop, orders.after, TAKEN_PART);
      await told();
      ground.door.aim(await pair.failOver());
      await untilStopped(scene);
      await placing;
      await ground.advance(LATER_S);
    },
    close: pair.close,
  };
}

/** Processes that have lost a write of theirs turn charging off by themselves. */
async function untilStopped({ ground: { database }, complaints, say }: Scene): Promise<void> {
  const began_ms = performance.now();
  while (performance.now() - began_ms < NOTICED_MS) {
    const rows = await database.sql<{ why: string }[]>`
      select charging_reason as why from instance where not charging_enabled`.catch(() => []);
    if (rows[0] !== undefined) {
      say(
        `promoted, and ${Math.round(performance.now() - began_ms)} ms later charging is off: ${rows[0].why}`,
      );
      return;
    }
    await wait(POLL_MS);
  }
  complaints.push('charging was not turned off by itself');
}
