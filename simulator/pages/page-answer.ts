import { page } from './html.ts';

/** What a page answers: HTML, or where to go. */
export type PageAnswer =
  | { status: 200 | 400 | 402 | 403 | 404 | 409; html: string }
  | { status: 303; location: string };

export function seeOther(location: string): PageAnswer {
  return { status: 303, location };
}

export function pageNotFound(): PageAnswer {
  return { status: 404, html: page('Not found', '<h1>Not found</h1>') };
}
