/** The customer's mail, read from the sandbox's inbox. */
import { z } from 'zod';
import { chargeWhen, newCharge, savedCard } from './outside-merchant.ts';
import { ask, eventually, read, type World } from './outside-world.ts';

const mailsShape = z.array(
  z.object({
    to: z.string(),
    from: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    links: z.array(z.url()),
    received_at: z.iso.datetime(),
  }),
);
export type Mail = z.infer<typeof mailsShape>[number];

/** All of it, newest first. */
export async function readInbox(world: World): Promise<Mail[]> {
  return read(mailsShape, await ask(new URL(`${world.ready.inbox_url}/messages`)));
}

export async function mailsTo(world: World, email: string): Promise<Mail[]> {
  return (await readInbox(world)).filter(({ to }) => to === email);
}

/** The link to our page. */
export function linkIn(mail: Mail | undefined): string {
  const link = mail?.links.find((each) => new URL(each).pathname.startsWith('/r/'));
  return z.string().parse(link);
}

/** A charge that waits for its customer, and the link of its mail. */
export async function waiting(world: World, outcomes: readonly unknown[], card = 'pm_card_visa') {
  const saved = await savedCard(world, card, { outcomes });
  const charge = await newCharge(world, saved.customer);
  await chargeWhen(world, charge.id, 'requires_action');
  const { email } = await customerOf(world, saved.customer);
  const [mail] = await eventually(
    () => mailsTo(world, email),
    ({ length }) => length > 0,
  );
  return { ...saved, id: charge.id, email, link: linkIn(mail) };
}

async function customerOf(world: World, id: string): Promise<{ email: string }> {
  return read(z.object({ email: z.string() }), await world.call('GET', `/v1/customers/${id}`));
}
