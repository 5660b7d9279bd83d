/** What `proxy.ts` leaves for those who have not got the new checkout. */
export default function Page() {
  return <p>The old checkout</p>;
}
