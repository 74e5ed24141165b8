// DIL as text. Everything that a module holds is printed, so that reading the text back gives the same module; the syntax
// is described in docs/dil.md.
#include "compiler/dil/text.h"
#include "compiler/dil/text/names.h"
#include "compiler/dil/text/words.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace dream::dil {
namespace {

using words::spell;

/// The shortest decimal that reads back the same, or the bits where no decimal does.
std::string spellFloat(double number) {
  if (!std::isfinite(number)) {
    uint64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    return "bits 0x" + llvm::utohexstr(bits, true);
  }
  char text[40];
  for (int precision = 1; precision <= 17; ++precision) {
    std::snprintf(text, sizeof text, "%.*g", precision, number);
    if (std::strtod(text, nullptr) == number)
      break;
  }
  return text;
}

std::string spellConstant(const Constant &inst) {
  switch (inst.constKind) {
  case ConstKind::Int:
    return std::to_string(int64_t(inst.bits));
  case ConstKind::Float:
    return "float " + spellFloat(inst.number);
  case ConstKind::Bool:
    return inst.bits ? "true" : "false";
  case ConstKind::Char:
    if (inst.bits >= 0x20 && inst.bits < 0x7f && inst.bits != '\'' && inst.bits != '\\')
      return std::string("'") + char(inst.bits) + "'";
    return "'\\u{" + llvm::utohexstr(inst.bits, true) + "}'";
  case ConstKind::String:
    return quoteText(inst.text);
  case ConstKind::Null:
    return "null";
  case ConstKind::Zero:
    return "zero";
  case ConstKind::Parts: {
    std::string parts;
    for (const Constant &part : inst.parts)
      parts += (parts.empty() ? "" : ", ") + spellConstant(part);
    return "[" + parts + "]";
  }
  }
  return "<bad>";
}

class Printer {
public:
  Printer(const Module &module, llvm::raw_ostream &out, const SourceManager *sources)
      : module(module), out(out), sources(sources), names(module) {}

  void printModule();
  void printFunction(const Function &function);
  void printInstruction(const Function &one, const Inst &inst) {
    BodyNames bodyNames(one);
    function = &one;
    body = &bodyNames;
    line(inst);
  }

private:
  void nominal(NominalId id);
  void fields(llvm::ArrayRef<FieldInfo> fields, llvm::StringRef open, llvm::StringRef close);
  void table(const ClassTable &table);
  void role(llvm::StringRef word, FuncId id);
  void parameter(const Param &param, llvm::StringRef name);

  std::string func(FuncId id) const {
    if (!id.isValid())
      return "-";
    return id.index < module.functions.size() ? quoteSymbol(module[id].symbol) : "<bad>";
  }
  std::string type(TypeId id) const { return names.type(id); }
  /// The type of a result, with its ownership.
  std::string given(TypeId id) const {
    bool isOwned = id.isValid() && id.index < module.types.size() && !module.types.isPlain(id);
    return (isOwned ? "own " : "") + type(id);
  }
  std::string value(ValueId id) const { return body->value(id); }
  std::string block(BlockId id) const { return body->block(id); }
  std::string list(llvm::ArrayRef<ValueId> values) const {
    std::string text;
    for (ValueId id : values)
      text += (text.empty() ? "" : ", ") + value(id);
    return text;
  }
  /// A value's type with its ownership, as it stands after a colon.
  std::string held(ValueId id) const;
  void instruction(const Inst &inst);
  void line(const Inst &inst);
  void call(const CallBase &inst);
  void place(SourceLoc loc);

  // What follows the mnemonic.
  void rest(const ConstInst &inst) { out << ' ' << spellConstant(inst); }
  void rest(const FnRefInst &inst) { out << ' ' << func(inst.func); }
  void rest(const ArithInst &inst) {
    out << ' ' << spell(words::kArithOps, inst.op) << (inst.checked ? " checked " : " ") << value(inst.lhs) << ", "
        << value(inst.rhs);
  }
  void rest(const UnaryInst &inst) {
    out << ' ' << spell(words::kUnaryOps, inst.op) << (inst.checked ? " checked " : " ") << value(inst.value);
  }
  void rest(const CmpInst &inst) {
    out << ' ' << spell(words::kCmpOps, inst.op) << ' ' << value(inst.lhs) << ", " << value(inst.rhs);
  }
  void rest(const ConvertInst &inst) { out << ' ' << value(inst.value); }
  void rest(const CheckInst &inst) {
    out << ' ' << spell(words::kCheckKinds, inst.check) << ' ' << value(inst.a);
    if (inst.b.isValid())
      out << ", " << value(inst.b);
    if (inst.type.isValid())
      out << " is " << type(inst.type);
    if (!inst.text.empty())
      out << ' ' << quoteText(inst.text);
  }
  void rest(const IntrinsicInst &inst) {
    out << ' ' << spell(words::kIntrinsics, inst.intrinsic) << '(' << list(inst.args) << ')';
  }
  void rest(const MakeInst &inst) { out << " (" << list(inst.parts) << ')'; }
  void rest(const ProjectInst &inst) {
    out << ' ' << value(inst.value) << ", " << inst.index;
    part(inst.value, inst.index);
  }
  void rest(const VariantInst &inst) { out << ' ' << inst.variant << " (" << list(inst.parts) << ')'; }
  void rest(const TagInst &inst) { out << ' ' << value(inst.value); }
  void rest(const PayloadInst &inst) { out << ' ' << value(inst.value) << ", " << inst.variant << ", " << inst.index; }
  void rest(const CastInst &inst) { out << ' ' << spell(words::kCastKinds, inst.cast) << (inst.looks ? " look " : " ") << value(inst.value); }
  void rest(const TypeIsInst &inst) { out << ' ' << value(inst.value) << ", " << type(inst.type); }
  void rest(const SlotInst &inst) {
    if (!inst.name.empty())
      out << ' ' << quoteText(inst.name);
    if (inst.argument)
      out << " arg " << inst.argument;
    if (inst.isCursor)
      out << " cursor";
  }
  void rest(const GlobalInst &inst) {
    out << ' ' << (inst.global.index < module.globals.size() ? quoteSymbol(module[inst.global].symbol) : "<bad>");
  }
  void rest(const FieldInst &inst) {
    out << ' ' << value(inst.base) << ", " << inst.field;
    part(inst.base, inst.field);
  }
  void rest(const ElemInst &inst) { out << ' ' << value(inst.base) << '[' << list(inst.indices) << ']'; }
  void rest(const LenInst &inst) {
    out << ' ' << value(inst.value);
    if (inst.dimension != -1)
      out << ", " << inst.dimension;
  }
  void rest(const SpanInst &inst) {
    out << ' ' << value(inst.base);
    if (inst.first.isValid())
      out << ", " << value(inst.first) << ", " << value(inst.count);
  }
  void rest(const AccessReadInst &inst) { out << ' ' << value(inst.place); }
  void rest(const AccessModifyInst &inst) { out << ' ' << value(inst.place); }
  void rest(const EndAccessInst &inst) { out << ' ' << value(inst.access); }
  void rest(const LoadCopyInst &inst) { out << ' ' << value(inst.place) << (inst.orTake ? " or_take" : ""); }
  void rest(const LoadTakeInst &inst) { out << ' ' << value(inst.place); }
  void rest(const LoadBorrowInst &inst) { out << ' ' << value(inst.place); }
  void rest(const InitInst &inst) { out << ' ' << value(inst.place) << ", " << value(inst.value); }
  void rest(const AssignInst &inst) { out << ' ' << value(inst.place) << ", " << value(inst.value); }
  void rest(const UniqueInst &inst) { out << ' ' << value(inst.place) << (inst.isKnown ? " known" : ""); }
  void rest(const CopyInst &inst) { out << ' ' << value(inst.value); }
  void rest(const EndBorrowInst &inst) { out << ' ' << value(inst.value); }
  void rest(const DropInst &inst) { out << ' ' << value(inst.value) << (inst.withRegion ? " with_region" : ""); }
  void rest(const DropSlotInst &inst) { out << ' ' << value(inst.place) << (inst.endsLife ? " ends_life" : ""); }
  void rest(const DropIfInst &inst) { out << ' ' << value(inst.flag) << ", " << value(inst.place); }
  void rest(const StorageInst &inst) {
    out << ' ' << inst.bytes << " align " << inst.align;
    if (inst.whole.isValid())
      out << " in " << value(inst.whole) << ", " << inst.offset;
    for (const uint32_t &payload : inst.payloads)
      out << (&payload == inst.payloads.begin() ? " payloads " : ", ") << payload;
  }
  void rest(const RegionOpenInst &inst) {
    if (inst.beside.isValid())
      out << " beside " << value(inst.beside);
  }
  void rest(const RegionCloseInst &inst) { out << ' ' << value(inst.region); }
  void rest(const ArenaOpenInst &inst) {
    out << ' ' << quoteText(inst.name);
    if (inst.size.isValid())
      out << " size " << value(inst.size);
    out << (inst.isListed ? " listed" : "");
  }
  void rest(const ArenaCloseInst &inst) { out << ' ' << value(inst.arena); }
  void wish(const Wish &wish) {
    if (wish.arena.isValid())
      out << " for " << value(wish.arena);
    out << (wish.onHeap ? " on_heap" : "");
  }
  void placed(const PlacedInst &inst) {
    if (inst.storage.isValid())
      out << " in " << value(inst.storage);
    if (!inst.why.empty())
      out << " why " << quoteText(inst.why);
  }
  void rest(const AllocInst &inst) {
    if (inst.reused.isValid())
      out << " reuse " << value(inst.reused);
    if (inst.tested.isValid())
      out << " if " << value(inst.tested);
    if (inst.from.isValid())
      out << " from " << value(inst.from);
    placed(inst);
  }
  void rest(const ClosureInst &inst) {
    out << (inst.onStack ? " stack " : " ") << func(inst.func) << ", " << type(inst.environment) << " (";
    for (size_t i = 0; i < inst.captures.size(); ++i) {
      out << (i ? ", " : "");
      if (inst.modes[i] != CaptureMode::Copy)
        out << spell(words::kCaptureModes, inst.modes[i]) << ' ';
      out << value(inst.captures[i]);
    }
    out << ')';
    placed(inst);
  }
  void rest(const AllocArrayInst &inst) {
    out << " [" << list(inst.lengths) << ']';
    wish(inst.wish);
    placed(inst);
  }
  void rest(const BoxInst &inst) {
    out << ' ' << value(inst.value);
    placed(inst);
  }
  void rest(const UnboxInst &inst) { out << ' ' << value(inst.value); }
  void rest(const ReboxInst &inst) { out << ' ' << value(inst.box) << ", " << value(inst.value); }
  void rest(const WeakOfInst &inst) { out << ' ' << value(inst.value); }
  void rest(const WeakGetInst &inst) { out << ' ' << value(inst.value); }
  void rest(const LoadInst &inst) { out << ' ' << value(inst.place); }
  void rest(const StoreInst &inst) { out << ' ' << value(inst.place) << ", " << value(inst.value); }
  void rest(const RetainInst &inst) { out << ' ' << value(inst.value); }
  void rest(const ReleaseInst &inst) { out << ' ' << value(inst.value) << (inst.inFrame ? " frame" : "") << (inst.withRegion ? " with_region" : ""); }
  void rest(const CallInst &inst) {
    out << ' ' << func(inst.callee);
    call(inst);
  }
  void rest(const CallSlotInst &inst) {
    out << ' ' << type(inst.type) << ", " << inst.slot;
    call(inst);
  }
  void rest(const CallFnInst &inst) {
    out << ' ' << value(inst.callee);
    call(inst);
  }
  void rest(const BrInst &inst) {
    out << ' ' << block(inst.target);
    if (!inst.args.empty())
      out << '(' << list(inst.args) << ')';
  }
  void rest(const CondBrInst &inst) {
    out << ' ' << value(inst.condition) << ", " << block(inst.whenTrue) << ", " << block(inst.whenFalse);
  }
  void rest(const SwitchInst &inst) {
    out << ' ' << value(inst.value) << ", ";
    for (const SwitchInst::Case &oneCase : inst.cases)
      out << int64_t(oneCase.value) << ": " << block(oneCase.target) << ", ";
    out << "else " << block(inst.otherwise);
  }
  void rest(const ReturnInst &inst) {
    if (inst.value.isValid())
      out << ' ' << value(inst.value);
  }
  void rest(const YieldInst &inst) {
    out << ' ' << value(inst.value) << " resume " << block(inst.resume) << " dispose " << block(inst.dispose);
  }
  void rest(const ThrowInst &inst) { out << ' ' << value(inst.value); }
  void rest(const UnreachableInst &inst) { out << ' ' << spell(words::kReasons, inst.reason); }

  /// Remembers the name of a part, for the comment at the end of the line.
  void part(ValueId holder, uint64_t index);

  const Module &module;
  llvm::raw_ostream &out;
  const SourceManager *sources;
  TypeNames names;
  const Function *function = nullptr;
  const BodyNames *body = nullptr;
  std::string comment;
};

//===-- The module --------------------------------------------------------------------------------------------===//

void Printer::printModule() {
  out << "dil " << spell(words::kStages, module.stage) << "\n\n";
  for (NominalId id : names.used())
    nominal(id);
  if (!names.used().empty())
    out << '\n';
  if (module.exceptionType.isValid())
    out << "exception " << type(module.exceptionType) << '\n';
  role("entry", module.entry);
  role("initialise", module.initialise);
  role("finalise", module.finalise);
  role("describe", module.describe);
  for (const Global &global : module.globals) {
    out << "global " << quoteSymbol(global.symbol) << ": " << type(global.type);
    if (auto *initial = llvm::dyn_cast_or_null<ConstInst>(global.initial))
      out << " = " << spellConstant(*initial);
    out << '\n';
  }
  for (const ClassTable &one : module.classes)
    table(one);
  for (const Function &one : module.functions)
    printFunction(one);
}

void Printer::role(llvm::StringRef word, FuncId id) {
  if (id.isValid())
    out << word << ' ' << func(id) << '\n';
}

void Printer::nominal(NominalId id) {
  const NominalInfo &info = module.types.info(id);
  std::string name = names.nominal(id);
  out << spell(words::kNominalKinds, info.kind) << " @" << name;
  llvm::StringRef separator = " : ";
  auto inherit = [&](TypeId base) {
    out << separator << type(base);
    separator = ", ";
  };
  if (info.kind == NominalKind::Enum && info.underlying.isValid())
    inherit(info.underlying);
  size_t inherited = 0;
  if (info.base.isValid()) {
    inherit(info.base);
    if (module.types.kind(info.base) == TypeKind::Class)
      inherited = std::min(module.types.info(info.base).fields.size(), info.fields.size());
  }
  for (TypeId interface : info.interfaces)
    inherit(interface);
  if (info.kind == NominalKind::Enum) {
    out << " {";
    for (const EnumCase &oneCase : info.cases) {
      out << (&oneCase == info.cases.data() ? " " : ", ") << quoteWord(oneCase.name.text());
      if (!oneCase.parts.empty())
        fields(oneCase.parts, "(", ")");
      out << " = " << oneCase.value;
    }
    out << " }";
  } else {
    fields(llvm::ArrayRef(info.fields).drop_front(inherited), " { ", " }");
  }
  if (info.isAbstract)
    out << " abstract";
  if (info.isSealed)
    out << " sealed";
  if (info.isOwn)
    out << " own";
  if (info.hasDestructor)
    out << " destructor";
  if (info.align > 1)
    out << " align " << info.align;
  if (info.isPacked)
    out << " packed";
  if (info.isCLayout)
    out << " c_layout";
  if (info.isOnStack)
    out << " stack";
  if (info.viewOf.isValid())
    out << (info.isReadOnlyView ? " readonly view" : " view");
  if (info.slotCount)
    out << " slots " << info.slotCount;
  if (quoteWord(info.name.text()) != name)
    out << " spelled " << quoteText(info.name.text());
  if (info.qualifiedName != info.name.text())
    out << " qualified " << quoteText(info.qualifiedName);
  out << '\n';
}

void Printer::fields(llvm::ArrayRef<FieldInfo> fields, llvm::StringRef open, llvm::StringRef close) {
  if (fields.empty()) {
    out << " {}";
    return;
  }
  out << open;
  for (const FieldInfo &field : fields)
    out << (&field == fields.data() ? "" : ", ") << (field.isLet ? "let " : "") << (field.isLate ? "late " : "")
        << quoteWord(field.name.text()) << ": " << type(field.type);
  out << close;
}

void Printer::table(const ClassTable &table) {
  auto functions = [&](llvm::ArrayRef<FuncId> ids) {
    for (FuncId id : ids)
      out << ' ' << func(id);
  };
  out << "table " << type(table.type) << " {";
  if (!table.vtable.empty()) {
    out << " vtable";
    functions(table.vtable);
  }
  for (const InterfaceTable &interface : table.interfaces) {
    out << " implements " << type(interface.interface);
    functions(interface.methods);
  }
  if (table.destructor.isValid())
    out << " destructor " << func(table.destructor);
  if (table.toString.isValid())
    out << " to_string " << func(table.toString);
  out << " }\n";
}

//===-- Functions ---------------------------------------------------------------------------------------------===//

void Printer::parameter(const Param &param, llvm::StringRef name) {
  out << name << ": ";
  if (param.mode != PassMode::Value)
    out << spell(words::kPassModes, param.mode) << ' ';
  switch (param.convention) {
  case Convention::Plain:
    out << (param.mode == PassMode::Value ? "" : "plain ");
    break;
  case Convention::Borrow:
    out << "borrow ";
    break;
  case Convention::Own:
    out << "own ";
    break;
  case Convention::Address:
    out << (param.mode == PassMode::Value ? "addr " : "");
    break;
  }
  out << type(param.type) << (param.isLent ? " lent" : "");
}

void Printer::printFunction(const Function &one) {
  BodyNames bodyNames(one);
  function = &one;
  body = &bodyNames;
  bool hasBody = !one.isDeclaration();
  // The entry's arguments are not printed again when they are the parameters.
  bool matches = hasBody && one.blocks[0].args.size() == one.params.size();
  for (size_t i = 0; matches && i < one.params.size(); ++i) {
    ValueId arg = one.blocks[0].args[i];
    matches = arg.index < one.values.size() && one[arg].type == one.params[i].type &&
              one[arg].ownership == ownershipOf(one.params[i].convention);
  }
  out << (hasBody ? "\nfn " : "fn ");
  if (one.kind != FuncKind::Dream)
    out << spell(words::kFuncKinds, one.kind) << ' ';
  out << quoteSymbol(one.symbol) << '(';
  for (size_t i = 0; i < one.params.size(); ++i) {
    llvm::StringRef given = one.params[i].name.text();
    std::string name = matches                           ? value(one.blocks[0].args[i])
                       : !hasBody && isPlainWord(given) ? ("%" + given).str()
                                                        : "%" + std::to_string(i);
    out << (i ? ", " : "");
    parameter(one.params[i], name);
  }
  if (one.isVariadic)
    out << (one.params.empty() ? "..." : ", ...");
  out << ')';
  if (one.result != types::Void)
    out << " -> " << given(one.result);
  out << (one.canThrow ? " throws" : "") << (one.neverReturns ? " never_returns" : "") << (one.inlineHint ? " inline" : "")
      << (one.noInline ? " noinline" : "") << (one.isExported ? " exported" : "") << (one.noAlloc ? " no_alloc" : "");
  if (!hasBody) {
    out << '\n';
    return;
  }
  out << " {";
  place(one.loc);
  out << '\n';
  for (uint32_t b = 0; b < one.blocks.size(); ++b) {
    if (isDeleted(one, BlockId(b)))
      continue;
    const Block &block = one.blocks[b];
    out << this->block(BlockId(b));
    if (b == 0 ? !matches : !block.args.empty()) {
      out << '(';
      for (size_t i = 0; i < block.args.size(); ++i)
        out << (i ? ", " : "") << value(block.args[i]) << ": " << held(block.args[i]);
      out << ')';
    }
    out << (block.isCold ? " cold:\n" : ":\n");
    for (const Inst *inst : block.insts)
      instruction(*inst);
  }
  out << "}\n";
}

std::string Printer::held(ValueId id) const {
  if (id.index >= function->values.size())
    return "<bad>";
  const ValueInfo &info = (*function)[id];
  switch (info.ownership) {
  case Ownership::None:
    return type(info.type);
  case Ownership::Owned:
    return "own " + type(info.type);
  case Ownership::Borrowed:
    return "borrow " + type(info.type);
  case Ownership::Address:
    return "*" + type(info.type);
  }
  return "<bad>";
}

void Printer::instruction(const Inst &inst) {
  out << "  ";
  line(inst);
  place(inst.loc);
  if (!comment.empty())
    out << "  // " << comment;
  comment.clear();
  out << '\n';
}

void Printer::line(const Inst &inst) {
  if (inst.result.isValid())
    out << value(inst.result) << ": " << held(inst.result) << " = ";
  out << mnemonic(inst.kind);
  dispatch(inst, [&](auto &typed) { rest(typed); });
}

void Printer::call(const CallBase &inst) {
  out << '(';
  for (size_t i = 0; i < inst.args.size(); ++i) {
    Use use = i < inst.uses.size() ? inst.uses[i] : Use::Plain;
    out << (i ? ", " : "") << spell(words::kUses, use) << (use == Use::Plain ? "" : " ") << value(inst.args[i]);
  }
  out << ')';
  if (auto *direct = llvm::dyn_cast<CallInst>(&inst))
    wish(direct->wish);
  // A result that the instruction gives says its type; one that goes over the edge does not.
  TypeId shown = inst.result.isValid() && inst.result.index < function->values.size() ? (*function)[inst.result].type
                                                                                       : types::Void;
  if (inst.resultType != shown)
    out << " -> " << given(inst.resultType);
  if (inst.canThrow())
    out << " ok " << block(inst.ok) << " error " << block(inst.error);
}

void Printer::place(SourceLoc loc) {
  if (!sources || !loc.isValid() || !sources->fileOf(loc).isValid())
    return;
  LineColumn at = sources->lineColumn(loc);
  out << " @" << at.line << ':' << at.column;
}

void Printer::part(ValueId holder, uint64_t index) {
  if (holder.index >= function->values.size())
    return;
  TypeId type = (*function)[holder].type;
  if (type.index >= module.types.size() || !module.types[type].nominal.isValid())
    return;
  const NominalInfo &info = module.types.info(type);
  if (index < info.fields.size())
    comment = quoteWord(info.fields[index].name.text());
}

} // namespace

llvm::StringRef spell(Stage stage) { return spell(words::kStages, stage); }

void print(const Module &module, llvm::raw_ostream &out, const SourceManager *sources) {
  Printer(module, out, sources).printModule();
}

void print(const Module &module, const Function &function, llvm::raw_ostream &out, const SourceManager *sources) {
  Printer(module, out, sources).printFunction(function);
}

void print(const Module &module, const Function &function, const Inst &inst, llvm::raw_ostream &out) {
  Printer(module, out, nullptr).printInstruction(function, inst);
}

} // namespace dream::dil
