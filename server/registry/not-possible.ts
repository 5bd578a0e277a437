/** A request about runs cannot be carried out; the message is for the user, the status for the HTTP answer. */
export class NotPossible extends Error {
  readonly status: 400 | 403 | 404 | 409 | 503;

  constructor(status: NotPossible["status"], message: string) {
    super(message);
    this.status = status;
  }
}
