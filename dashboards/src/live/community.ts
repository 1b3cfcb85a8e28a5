/** Links to the residents' public page. */
import { look, remove, tell } from "./ask";
import type { Answer } from "./ask";
import type { Handed } from "./accounts";

export interface CommunityLink {
  readonly id: string;
  readonly name: string;
  readonly made: string;
  readonly made_by: string;
  /** Null: holds until it is revoked. */
  readonly expires: string | null;
}

export interface NewCommunityLink extends CommunityLink {
  readonly page: Handed;
}

export const readLinks = (): Promise<Answer<{ readonly links: readonly CommunityLink[] }>> => look("/community-links");
export const makeLink = (name: string, days: number | null): Promise<Answer<NewCommunityLink>> =>
  tell("/community-links", { name, days });
export const revokeLink = (id: string): Promise<Answer<null>> => remove(`/community-links/${encodeURIComponent(id)}`);
