import { TypedError } from '../../base/typed-error.ts';

type QueryErrorCode = 'bad-query';

/** A part of a query's text, in UTF-16 units. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** A query that means nothing, and which part of it is wrong. */
export class QueryError extends TypedError<QueryErrorCode> {
  readonly place: Place;

  constructor(message: string, hint: string, { from, to }: Place) {
    super('bad-query', message, hint);
    this.place = { from, to };
  }
}
