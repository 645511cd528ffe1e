import type { World } from '../world/world.ts';
import { type PageAnswer, pageNotFound } from './routes.ts';

export function showSession(_world: World, _id: string): PageAnswer {
  return pageNotFound();
}

export function submitSession(_world: World, _id: string, _body: string): PageAnswer {
  return pageNotFound();
}
