import { type Module, V128 } from "../module.ts";
import { densePrefixed, illegalOpcode, operatorAt } from "../opcodes.ts";
import { BodyReader, NOTHING, UNKNOWN } from "./body-reader.ts";
import { ContextRules } from "./context-rules.ts";
import { Locals } from "./locals.ts";
import { RareImmediates } from "./rare-immediates.ts";
import {
  ALIGNMENT,
  DISABLED,
  MAX_PARAMS,
  PARAM_COUNT,
  PARAM_TYPES,
  PREFIX,
  RESULT_TYPE,
  rulesFor,
} from "./rules.ts";
import { EMPTY, Stacks } from "./stacks.ts";

/** The kind of a function body's own frame: it is left like a block. */
const BLOCK = 20;

/** Decodes and validates function bodies by the spec's algorithm, each in one pass over its bytes. */
export class BodyValidator {
  private readonly module: Module;
  private readonly rules: Uint8Array;
  private readonly reader: BodyReader;
  private readonly stacks: Stacks;
  private readonly context: ContextRules;
  private readonly rare: RareImmediates;
  /** Whether the body being read has an operator on vectors. */
  private hasVectorOperators = false;
  private readonly locals = new Locals();

  /** The module's other rules must have been checked: indices of types, functions and the like are trusted. */
  constructor(module: Module) {
    this.module = module;
    this.rules = rulesFor(module.features);
    this.reader = new BodyReader(module);
    this.stacks = new Stacks(this.reader);
    this.context = new ContextRules(module, this.reader, this.stacks);
    this.rare = new RareImmediates(module, this.reader);
  }

  /**
   * Returns the greatest height of the operand stack in slots: a value takes one, in a function that has vectors two.
   * @throws ModuleError
   */
  validate(bodyIndex: number): number {
    const { module, reader, stacks, locals } = this;
    const body = module.bodies[bodyIndex]!;
    const type = module.types[module.functions[module.importedFunctionCount + bodyIndex]!]!;
    const size = body.end - body.start;
    reader.open(bodyIndex);
    locals.load(type.params, body, size);
    // An operator takes a byte at least, and pushes one value or a list.
    stacks.reset(size + 1);
    stacks.pushFrame(BLOCK, EMPTY, stacks.listOf(type.results));
    this.hasVectorOperators = false;
    const height = this.run();
    const hasVectors =
      this.hasVectorOperators ||
      stacks.hasVectors ||
      type.params.includes(V128) ||
      body.locals.some((run) => run.type === V128);
    return hasVectors ? 2 * height : height;
  }

  /**
   * The loop. Rules are literal numbers here (see `rules.ts`). What nearly all operators need stands in local
   * variables (the cursor `pos`, the height of the operand stack `sp`, the frame's floor and reachability); the
   * rules that depend on context, which are rarer, work on the stacks' fields.
   */
  private run(): number {
    const { rules, reader, stacks, context, locals } = this;
    const { bytes, end } = reader;
    let { types } = stacks;
    const alignment = ALIGNMENT;
    const paramCount = PARAM_COUNT;
    const paramTypes = PARAM_TYPES;
    const resultType = RESULT_TYPE;
    const maxParams = MAX_PARAMS;
    const localTypes = locals.types;
    const localsKnown = locals.known;
    const hasMemory = this.module.memories.length > 0;
    let pos = reader.pos;
    let sp = 0;
    let max = 0;
    let floor = 0;
    let unreachable = false;

    while (pos < end) {
      const at = pos;
      let op = bytes[pos++]!;
      let rule = rules[op]!;
      if (rule <= 2 /* PREFIX */) {
        reader.at = at;
        reader.pos = pos;
        op = this.unusual(op, rule);
        rule = rules[op]!;
        pos = reader.pos;
      }

      if (rule <= 9 /* fixed signature */) {
        // The short forms here, all others in one place: code that no module runs early on costs a
        // re-compilation when one does.
        if (
          rule === 4 /* MEMARG */ &&
          hasMemory &&
          pos + 1 < end &&
          bytes[pos]! <= alignment[op]! &&
          bytes[pos + 1]! < 0x80
        ) {
          pos += 2;
        } else if (rule === 5 /* CONST_I32 */ && pos < end && bytes[pos]! < 0x80) {
          pos++;
        } else if (rule !== 3 /* PLAIN */) {
          reader.at = at;
          reader.pos = pos;
          this.immediates(rule, op);
          pos = reader.pos;
        }
        for (let i = op * maxParams + paramCount[op]! - 1; i >= op * maxParams; i--) {
          if (sp !== floor) {
            const found = types[--sp]!;
            if (found !== paramTypes[i] && found !== UNKNOWN)
              throw mismatch(reader, at, paramTypes[i]!, found);
          } else if (!unreachable) {
            throw mismatch(reader, at, paramTypes[i]!, NOTHING);
          }
        }
        const result = resultType[op]!;
        if (result !== 0) {
          types[sp++] = result;
          if (sp > max) max = sp;
        }
        continue;
      }

      switch (rule) {
        case 10: // nop
          break;
        case 11: // local.get
        case 12: // local.set
        case 13: {
          // local.tee
          let index = pos < end ? bytes[pos++]! : 0x80;
          if (index >= 0x80) {
            reader.pos = at + 1;
            index = reader.u32();
            pos = reader.pos;
          }
          const type = index < localsKnown ? localTypes[index]! : locals.typeOf(index);
          if (type === undefined) throw reader.error("invalid", `unknown local ${index}`, at);
          if (rule !== 11) {
            if (sp !== floor) {
              const found = types[--sp]!;
              if (found !== type && found !== UNKNOWN) throw mismatch(reader, at, type, found);
            } else if (!unreachable) {
              throw mismatch(reader, at, type, NOTHING);
            }
          }
          if (rule !== 12) {
            types[sp++] = type;
            if (sp > max) max = sp;
          }
          break;
        }
        case 14: // drop
          if (sp !== floor) sp--;
          else if (!unreachable) throw mismatch(reader, at, UNKNOWN, NOTHING);
          break;
        default:
          reader.at = at;
          reader.pos = pos;
          stacks.height = sp;
          context.apply(rule);
          pos = reader.pos;
          types = stacks.types;
          sp = stacks.height;
          floor = stacks.floor;
          unreachable = stacks.unreachable;
          if (stacks.depth === 0) {
            if (pos !== end)
              throw reader.malformed("section size mismatch: code after the end of a function");
            return Math.max(max, stacks.max);
          }
      }
    }
    throw reader.unexpectedEnd();
  }

  /** Reads and checks the immediates of an operator of fixed signature. */
  private immediates(rule: number, op: number): void {
    const { reader } = this;
    switch (rule) {
      case 4: {
        // memarg
        const align = reader.u32();
        reader.u32();
        this.needsMemory();
        if (align > ALIGNMENT[op]!) throw reader.invalid("alignment must not be larger than natural");
        break;
      }
      case 5: // i32
        reader.s32();
        break;
      case 6: // i64
        reader.s64();
        break;
      case 7: // f32
        reader.skip(4);
        break;
      case 8: // f64
        reader.skip(8);
        break;
      case 9: // rare
        this.rare.read(operatorAt(op)!);
        break;
      default:
        throw new Error(`no rule ${rule} for immediates`);
    }
  }

  private needsMemory(): void {
    if (this.module.memories.length === 0) throw this.reader.invalid("unknown memory 0");
  }

  /** Codes that are refused, and those of two parts, for which the dense code is returned. */
  private unusual(byte: number, rule: number): number {
    const { reader, rules } = this;
    let code = byte;
    let dense = byte;
    if (rule === PREFIX) {
      const sub = reader.u32();
      if (sub > 0xff) throw reader.malformed(`${illegalOpcode(byte)} ${sub}`, reader.at);
      code = (byte << 8) | sub;
      dense = densePrefixed(byte, sub);
      if (byte === 0xfd) this.hasVectorOperators = true;
    }
    const found = rules[dense]!;
    if (found === DISABLED) {
      const op = operatorAt(dense)!;
      throw reader.error("unsupported", `${op.name} needs the feature "${op.feature}"`, reader.at);
    }
    if (found < DISABLED) throw reader.malformed(illegalOpcode(code), reader.at);
    return dense;
  }
}

function mismatch(reader: BodyReader, at: number, expected: number, found: number): Error {
  reader.at = at;
  return reader.mismatch(expected, found);
}
