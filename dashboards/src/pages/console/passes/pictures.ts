/** Where the pictures of passes are. Pure. */

export function addressOfPicture(sha256: string): string {
  return `/api/v1/media/${encodeURIComponent(sha256)}`;
}
