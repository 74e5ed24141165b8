// Functions in DIL text: the header, the blocks, and the instructions, in the order of inst_kinds.def.
#include "compiler/dil/text/reader.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::dil {

//===-- Headers -----------------------------------------------------------------------------------------------===//

void Reader::functionLine(Function &one) {
  function = &one;
  std::vector<Token> names;
  if (!header(one, names))
    return;
  if (accept("{"))
    body(names);
  else if (endOfLine() && peek().kind != TokenKind::End)
    expected("the end of the declaration");
}

bool Reader::header(Function &one, std::vector<Token> &names) {
  if (one.kind != FuncKind::Dream)
    next();
  Token token;
  if (!symbol(one.symbol, token) || !expect("("))
    return false;
  while (!accept(")")) {
    if ((!names.empty() && !expect(",")))
      return false;
    if (accept("...")) {
      one.isVariadic = true;
      if (!expect(")"))
        return false;
      break;
    }
    if (peek().kind != TokenKind::Value)
      return expected("a parameter");
    names.push_back(next());
    Param &param = one.params.emplace_back();
    // A number is no name of its own.
    if (!names.back().text.empty() && !llvm::isDigit(names.back().text[0]))
      param.name = module.names.intern(names.back().text);
    if (!expect(":") || !parameter(param))
      return false;
  }
  if (accept("->")) {
    accept("own");
    if (!type(one.result))
      return false;
  }
  for (;;) {
    if (accept("throws"))
      one.canThrow = true;
    else if (accept("never_returns"))
      one.neverReturns = true;
    else if (accept("inline"))
      one.inlineHint = true;
    else if (accept("noinline"))
      one.noInline = true;
    else if (accept("exported"))
      one.isExported = true;
    else if (accept("no_alloc"))
      one.noAlloc = true;
    else
      return true;
  }
}

bool Reader::parameter(Param &param) {
  param.mode = accept("ref") ? PassMode::Ref : accept("in") ? PassMode::In : accept("out") ? PassMode::Out : PassMode::Value;
  param.convention = accept("borrow")  ? Convention::Borrow
                     : accept("own")   ? Convention::Own
                     : accept("addr")  ? Convention::Address
                     : accept("plain") ? Convention::Plain
                     : param.mode == PassMode::Value ? Convention::Plain
                                                     : Convention::Address;
  if (!type(param.type))
    return false;
  param.isLent = accept("lent");
  return true;
}

//===-- Blocks ------------------------------------------------------------------------------------------------===//

/// `word:`, `word(…):`, `word cold:` at the start of a line.
bool Reader::isLabel() const {
  return peek().startsLine && peek().kind == TokenKind::Word && (peek(1).is(":") || peek(1).is("(") || peek(1).is("cold"));
}

void Reader::registerBlocks() {
  size_t start = at;
  for (; peek().kind != TokenKind::End; next())
    if (isLabel()) {
      BlockId id = function->addBlock();
      if (!blockNames.try_emplace(peek().text, id).second)
        diags.report(DiagId::DilRedefined, peek().loc) << "block" << peek().text;
    }
  at = start;
}

void Reader::body(std::vector<Token> &names) {
  valueNames.clear();
  blockNames.clear();
  if (!endOfLine())
    skipLine();
  registerBlocks();
  if (function->blocks.empty()) {
    expected("a block");
    return;
  }
  // A block that is defined twice keeps its own place in the order.
  BlockId current;
  while (!peek().is("}") && peek().kind != TokenKind::End) {
    bool isGood;
    size_t start = at;
    if (isLabel()) {
      current = current.isValid() ? BlockId(current.index + 1) : function->entry();
      next();
      if (current == function->entry() && !peek().is("(")) {
        for (size_t i = 0; i < names.size(); ++i) {
          ValueId id;
          const Param &param = function->params[i];
          if (define(names[i], param.type, ownershipOf(param.convention), nullptr, current, id))
            (*function)[current].args.push_back(id);
        }
      }
      isGood = (!accept("(") || blockArgs(current));
      if (accept("cold"))
        (*function)[current].isCold = true;
      isGood = isGood && expect(":");
    } else {
      isGood = current.isValid() ? instruction(current) : expected("a block");
    }
    if (isGood && endOfLine())
      continue;
    if (at == start)
      next();
    skipLine();
  }
  if (expect("}") && peek().kind != TokenKind::End)
    expected("the end of the function");
  std::vector<const llvm::StringMapEntry<ValueName> *> undefined;
  for (auto &entry : valueNames)
    if (!entry.second.isDefined)
      undefined.push_back(&entry);
  llvm::sort(undefined, [](auto *a, auto *b) { return a->second.loc < b->second.loc; });
  for (auto *entry : undefined)
    diags.report(DiagId::DilUnknown, entry->second.loc) << "value" << entry->first();
}

/// Behind the opening bracket, up to and with the closing one.
bool Reader::blockArgs(BlockId block) {
  bool isFirst = true;
  while (!accept(")")) {
    if (!isFirst && !expect(","))
      return false;
    isFirst = false;
    if (peek().kind != TokenKind::Value)
      return expected("an argument of the block");
    Token name = next();
    TypeId type;
    Ownership ownership;
    ValueId id;
    if (!expect(":") || !held(type, ownership) || !define(name, type, ownership, nullptr, block, id))
      return false;
    (*function)[block].args.push_back(id);
  }
  return true;
}

//===-- Values ------------------------------------------------------------------------------------------------===//

bool Reader::held(TypeId &id, Ownership &ownership) {
  ownership = accept("own")      ? Ownership::Owned
              : accept("borrow") ? Ownership::Borrowed
              : accept("*")      ? Ownership::Address
                                 : Ownership::None;
  return type(id);
}

/// A value may be mentioned before the line that defines it.
bool Reader::value(ValueId &id) {
  if (peek().kind != TokenKind::Value || peek().startsLine)
    return expected("a value");
  Token token = next();
  ValueName &name = valueNames[token.text];
  if (!name.id.isValid()) {
    name.id = function->addValue(types::Error, Ownership::None, nullptr, BlockId());
    name.loc = token.loc;
  }
  id = name.id;
  return true;
}

bool Reader::define(const Token &token, TypeId type, Ownership ownership, Inst *inst, BlockId block, ValueId &id) {
  ValueName &name = valueNames[token.text];
  if (name.isDefined) {
    diags.report(DiagId::DilRedefined, token.loc) << "value" << token.text;
    return false;
  }
  if (!name.id.isValid())
    name.id = function->addValue(type, ownership, inst, block);
  name.isDefined = true;
  name.loc = token.loc;
  id = name.id;
  (*function)[id] = {type, ownership, inst, block};
  return true;
}

bool Reader::values(llvm::SmallVectorImpl<ValueId> &ids, llvm::StringRef close) {
  while (!accept(close))
    if ((!ids.empty() && !expect(",")) || !value(ids.emplace_back()))
      return false;
  return true;
}

bool Reader::block(BlockId &id) {
  if (peek().kind != TokenKind::Word)
    return expected("a block");
  Token token = next();
  auto found = blockNames.find(token.text);
  if (found == blockNames.end())
    return unknown("block", token);
  id = found->second;
  return true;
}

//===-- Instructions ------------------------------------------------------------------------------------------===//

template <typename T>
bool Reader::read(BlockId block, const Token &start, const Token *result, TypeId type, Ownership ownership) {
  T *inst = function->create<T>(start.loc);
  bool isGood = rest(*inst);
  if (result) {
    // Defined in any case, so that later uses of it are no mistakes of their own.
    isGood = define(*result, type, ownership, inst, block, inst->result) && isGood;
  }
  if constexpr (std::is_base_of_v<CallBase, T>)
    if (!inst->resultType.isValid())
      inst->resultType = result ? type : types::Void;
  if (isGood)
    (*function)[block].insts.push_back(inst);
  return isGood;
}

bool Reader::instruction(BlockId block) {
  Token start = peek(), name;
  TypeId type;
  Ownership ownership = Ownership::None;
  bool hasResult = start.kind == TokenKind::Value;
  if (hasResult) {
    name = next();
    if (!expect(":") || !held(type, ownership) || !expect("="))
      return false;
  }
  InstKind kind;
  if (!word(words::kMnemonics, kind, "an instruction"))
    return false;
  const Token *result = hasResult ? &name : nullptr;
  switch (kind) {
#define INST(STRUCT, MNEMONIC, STAGE)                                                                                  \
  case InstKind::STRUCT:                                                                                               \
    return read<STRUCT>(block, start, result, type, ownership);
#include "compiler/dil/inst_kinds.def"
  }
  __builtin_unreachable();
}

bool Reader::rest(ConstInst &inst) {
  return constant(inst, function->storage());
}

bool Reader::rest(FnRefInst &inst) { return functionRef(inst.func); }

bool Reader::rest(ClosureInst &inst) {
  inst.onStack = accept("stack");
  if (!functionRef(inst.func) || !expect(",") || !type(inst.environment) || !expect("("))
    return false;
  while (!accept(")")) {
    if (!inst.captures.empty() && !expect(","))
      return false;
    inst.modes.push_back(accept("ref") ? CaptureMode::Ref : accept("changed") ? CaptureMode::Changed : CaptureMode::Copy);
    if (!value(inst.captures.emplace_back()))
      return false;
  }
  return placed(inst);
}

bool Reader::rest(ArithInst &inst) {
  if (!word(words::kArithOps, inst.op, "an operation"))
    return false;
  inst.checked = accept("checked");
  return value(inst.lhs) && expect(",") && value(inst.rhs);
}

bool Reader::rest(UnaryInst &inst) {
  if (!word(words::kUnaryOps, inst.op, "an operation"))
    return false;
  inst.checked = accept("checked");
  return value(inst.value);
}

bool Reader::rest(CmpInst &inst) {
  return word(words::kCmpOps, inst.op, "a comparison") && value(inst.lhs) && expect(",") && value(inst.rhs);
}

bool Reader::rest(CheckInst &inst) {
  if (!word(words::kCheckKinds, inst.check, "a kind of check") || !value(inst.a) || (accept(",") && !value(inst.b)) ||
      (accept("is") && !type(inst.type)))
    return false;
  if (peek().kind == TokenKind::String && !peek().startsLine)
    inst.text = function->copyText(unquote(next().text));
  return true;
}

bool Reader::rest(IntrinsicInst &inst) {
  return word(words::kIntrinsics, inst.intrinsic, "an intrinsic") && expect("(") && values(inst.args, ")");
}

bool Reader::rest(SlotInst &inst) {
  if (peek().kind == TokenKind::String && !peek().startsLine)
    inst.name = function->copyText(unquote(next().text));
  if (!peek().startsLine && accept("arg") && !index(inst.argument))
    return false;
  inst.isCursor = !peek().startsLine && accept("cursor");
  return true;
}

bool Reader::rest(GlobalInst &inst) {
  Token token;
  std::string name;
  if (!symbol(name, token))
    return false;
  auto found = globals.find(name);
  if (found == globals.end())
    return unknown("variable", token);
  inst.global = found->second;
  return true;
}

bool Reader::rest(LenInst &inst) {
  inst.dimension = -1;
  if (!value(inst.value))
    return false;
  unsigned dimension = 0;
  if (accept(",")) {
    if (!index(dimension))
      return false;
    inst.dimension = int(dimension);
  }
  return true;
}

bool Reader::rest(DropSlotInst &inst) {
  if (!value(inst.place))
    return false;
  inst.endsLife = !peek().startsLine && accept("ends_life");
  return true;
}

bool Reader::rest(UniqueInst &inst) {
  if (!value(inst.place))
    return false;
  inst.isKnown = !peek().startsLine && accept("known");
  return true;
}

bool Reader::rest(StorageInst &inst) {
  if (!index(inst.bytes) || !expect("align") || !index(inst.align))
    return false;
  if (!peek().startsLine && accept("in") && (!value(inst.whole) || !expect(",") || !index(inst.offset)))
    return false;
  if (!peek().startsLine && accept("payloads"))
    do
      if (!index(inst.payloads.emplace_back()))
        return false;
    while (accept(","));
  return true;
}

bool Reader::rest(RegionOpenInst &inst) { return peek().startsLine || !accept("beside") || value(inst.beside); }

bool Reader::rest(ArenaOpenInst &inst) {
  if (peek().kind != TokenKind::String || peek().startsLine)
    return expected("the name of the arena");
  inst.name = function->copyText(unquote(next().text));
  if (!peek().startsLine && accept("size") && !value(inst.size))
    return false;
  inst.isListed = !peek().startsLine && accept("listed");
  return true;
}

bool Reader::wish(Wish &wish) {
  if (!peek().startsLine && accept("for") && !value(wish.arena))
    return false;
  wish.onHeap = !peek().startsLine && accept("on_heap");
  return true;
}

bool Reader::placed(PlacedInst &inst) {
  if (!peek().startsLine && accept("in") && !value(inst.storage))
    return false;
  if (peek().startsLine || !accept("why"))
    return true;
  if (peek().kind != TokenKind::String || peek().startsLine)
    return expected("a reason");
  inst.why = function->copyText(unquote(next().text));
  return true;
}

bool Reader::rest(AllocInst &inst) {
  auto has = [&](llvm::StringRef word, ValueId &operand) { return peek().startsLine || !accept(word) || value(operand); };
  return has("reuse", inst.reused) && has("if", inst.tested) && has("from", inst.from) && placed(inst);
}

bool Reader::rest(LoadCopyInst &inst) {
  if (!value(inst.place))
    return false;
  inst.orTake = !peek().startsLine && accept("or_take");
  return true;
}

bool Reader::rest(ReleaseInst &inst) {
  if (!value(inst.value))
    return false;
  inst.inFrame = !peek().startsLine && accept("frame");
  inst.withRegion = !peek().startsLine && accept("with_region");
  return true;
}

bool Reader::rest(DropInst &inst) {
  if (!value(inst.value))
    return false;
  inst.withRegion = !peek().startsLine && accept("with_region");
  return true;
}

bool Reader::rest(CallSlotInst &inst) {
  return type(inst.type) && expect(",") && index(inst.slot) && arguments(inst);
}

bool Reader::arguments(CallBase &call) {
  if (!expect("("))
    return false;
  while (!accept(")")) {
    if (!call.args.empty() && !expect(","))
      return false;
    Use use = Use::Plain;
    for (Use one : {Use::Borrow, Use::Consume, Use::Address, Use::Forward})
      if (accept(words::spell(words::kUses, one))) {
        use = one;
        break;
      }
    call.uses.push_back(use);
    if (!value(call.args.emplace_back()))
      return false;
  }
  if (auto *direct = llvm::dyn_cast<CallInst>(&call); direct && !this->wish(direct->wish))
    return false;
  if (accept("->")) {
    accept("own");
    if (!type(call.resultType))
      return false;
  }
  return !accept("ok") || (block(call.ok) && expect("error") && block(call.error));
}

bool Reader::rest(BrInst &inst) { return block(inst.target) && (!accept("(") || values(inst.args, ")")); }

bool Reader::rest(CondBrInst &inst) {
  return value(inst.condition) && expect(",") && block(inst.whenTrue) && expect(",") && block(inst.whenFalse);
}

bool Reader::rest(SwitchInst &inst) {
  if (!value(inst.value) || !expect(","))
    return false;
  while (!accept("else")) {
    SwitchInst::Case oneCase{};
    if (!integer(oneCase.value) || !expect(":") || !block(oneCase.target) || !expect(","))
      return false;
    inst.cases.push_back(oneCase);
  }
  return block(inst.otherwise);
}

bool Reader::rest(ReturnInst &inst) { return atEndOfLine() || peek().kind == TokenKind::Location || value(inst.value); }

} // namespace dream::dil
