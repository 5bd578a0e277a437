/** A request about sweeps cannot be carried out; the message is for the user, the status for the HTTP answer. */
export class SweepFault extends Error {
  readonly status: 400 | 404 | 409 | 503;

  constructor(status: SweepFault["status"], message: string) {
    super(message);
    this.status = status;
  }
}
