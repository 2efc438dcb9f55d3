import type { TableType } from "../decoder/module.ts";
import type { Func } from "./func.ts";

/** A table of function references; null is an uninitialised element. */
export class Table {
  readonly type: TableType;
  readonly elements: (Func | null)[];

  constructor(type: TableType) {
    this.type = type;
    this.elements = new Array<Func | null>(type.min).fill(null);
  }
}
