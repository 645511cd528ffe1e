import { routes } from './api/routes.ts';
import { type Control, controlOf } from './control/control.ts';
import { newMailer, stopMailer } from './events/deliver.ts';
import { routerOf } from './http/router.ts';
import { listen, portOf } from './http/server.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import { startClock } from './world/clock.ts';
import { randomFrom } from './world/random.ts';
import type { World } from './world/world.ts';

export type { Control } from './control/control.ts';
export type { SimulatorOptions, WebhookTarget } from './options.ts';

/** A running stand-in for Stripe. */
export interface Simulator {
  /** Base address, without a slash at the end. */
  url: string;
  /** What the SDK takes: `new Stripe(key, sim.stripeOptions)`. */
  stripeOptions: { host: string; port: number; protocol: 'http' };
  control: Control;
  close(): Promise<void>;
}

/** Starts a simulator in this process. Loopback only, unless `host` says otherwise. */
export async function startSimulator(given: SimulatorOptions = {}): Promise<Simulator> {
  const options = withDefaults(given);
  const world: World = {
    options,
    clock: startClock(options.clock),
    random: randomFrom(options.seed),
    accounts: new Map(),
    apiKeys: new Map(),
    faults: [],
    requests: [],
    deliveries: [],
    mailer: newMailer(),
    url: '',
  };
  const server = await listen(world, routerOf(routes));
  const port = portOf(server);
  world.url = (options.publicUrl ?? `http://${options.host}:${port}`).replace(/\/$/, '');
  return {
    url: `http://${options.host}:${port}`,
    stripeOptions: { host: options.host, port, protocol: 'http' },
    control: controlOf(world),
    close: () => {
      world.clock.stop();
      stopMailer(world.mailer);
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      });
    },
  };
}
