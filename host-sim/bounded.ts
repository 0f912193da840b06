/** Lists of what went by: older entries are forgotten, so that a long run stays small. */
const most = 10_000;

export function keep<T>(list: T[], item: T): void {
  if (list.length >= most) list.splice(0, most / 2);
  list.push(item);
}
