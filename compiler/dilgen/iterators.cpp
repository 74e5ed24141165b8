// Functions with `yield`. Such a function makes an object of a class that nobody can name and does no more: the object's
// fields are a state, the current element, and the inputs, which are copies of the arguments. The body is a function of its
// own that MoveNext and Dispose run; the pass `iterators` makes it go on where it stopped, and adds fields for what has to
// last until then.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

constexpr unsigned kState = 0, kCurrent = 1, kFirstInput = 2;
/// Of what IEnumerable's GetEnumerator copies; a state that nothing goes on from.
constexpr int64_t kTemplate = -2;

// ---- The class ------------------------------------------------------------------------------------------------------

TypeId ModuleGen::iteratorClass(const sema::FunctionInfo &maker, FunctionId makerId) {
  TypeId &known = iteratorClasses[makerId];
  if (known.isValid())
    return known;
  const sema::IteratorFacts &facts = program.iterators[maker.iterator];
  NominalId id = types.addNominal(NominalKind::Class, names.intern(maker.symbol));
  NominalInfo &info = types.info(id);
  info.qualifiedName = maker.symbol;
  info.isSealed = true;
  info.ownsAnything = true;
  info.range = maker.range;
  for (TypeId interface : {facts.enumerable, facts.enumerator}) {
    if (!interface.isValid())
      continue;
    info.interfaces.push_back(interface);
    for (TypeId inherited : types.info(interface).interfaces)
      if (!llvm::is_contained(info.interfaces, inherited))
        info.interfaces.push_back(inherited);
  }
  auto add = [&](llvm::StringRef name, TypeId type) {
    FieldInfo row;
    row.name = names.intern(name);
    row.type = type;
    row.isLate = !types.hasZeroValue(type);
    row.owner = id;
    info.fields.push_back(row);
  };
  add("state", types::Int32);
  add("Current", facts.element);
  for (const dil::Param &param : paramsOf(maker))
    add(param.name.text(), param.type);
  TypeId type = known = info.type;

  FuncId run = module.addFunction();
  dil::Function &fn = module[run];
  fn.symbol = program[facts.body].symbol;
  fn.isLibrary = maker.isLibrary;
  fn.params = {param("this", type, dil::Convention::Borrow), param("isDisposing", types::Bool)};
  fn.result = types::Bool;
  fn.canThrow = program[facts.body].mayThrow;
  later([this, run, makerId, &maker] {
    sema::InLayer in(program, maker.layer);
    FunctionGen(*this, run, &maker, makerId).buildIteratorBody();
  });
  std::vector<dil::InterfaceTable> tables;
  for (TypeId interface : std::vector<TypeId>(types.info(id).interfaces))
    tables.push_back(iteratorTable(type, interface, run, facts));
  iteratorTables[type] = std::move(tables);
  needTables(type);
  return type;
}

dil::InterfaceTable ModuleGen::iteratorTable(TypeId iterator, TypeId interface, FuncId run, const sema::IteratorFacts &facts) {
  dil::InterfaceTable table{interface, {}};
  for (FunctionId method : interfaceMethods(interface)) {
    const sema::FunctionInfo &declared = program[method];
    llvm::StringRef name = declared.name.text();
    bool isDispose = name == "Dispose", isMoveNext = name == "MoveNext", isFresh = name == "GetEnumerator";
    FuncId made = module.addFunction();
    table.methods.push_back(made);
    dil::Function &fn = module[made];
    fn.symbol = module[run].symbol + "$" + name.str() + std::to_string(made.index);
    fn.params = paramsOf(declared);
    fn.result = declared.result;
    fn.canThrow = declared.mayThrow;
    fn.loc = module[run].loc;
    TypeId enumerator = facts.enumerator;
    later([=, this] {
      FunctionGen gen(*this, made);
      dil::Builder &b = gen.b;
      ValueId self = b.cast(dil::CastKind::Down, gen.beginBody()[0], iterator);
      if (isFresh) {
        ValueId fresh = b.alloc(iterator);
        // What the pass adds later is not set yet.
        size_t inputs = gen.types.info(iterator).fields.size();
        for (unsigned i = kFirstInput; i < inputs; ++i)
          b.init(b.field(fresh, i), b.loadCopy(b.field(self, i)));
        b.ret(b.cast(dil::CastKind::Up, fresh, enumerator));
      } else if (isMoveNext || isDispose) {
        ValueId isDisposing = b.constBool(isDispose);
        ValueId more = module[run].canThrow ? b.tryCall(run, {self, isDisposing}, gen.errorTarget()) : b.call(run, {self, isDisposing});
        b.ret(isDispose ? ValueId() : more);
      } else {
        gen.returnValue(gen.load(gen.fieldOfObject(self, iterator, kCurrent, false), Want::Own));
      }
      gen.endBody();
    });
  }
  return table;
}

// ---- Making an iterator ---------------------------------------------------------------------------------------------

void FunctionGen::buildIteratorMaker() {
  b.loc = fn.loc;
  TypeId type = gen.iteratorClass(*info, infoId);
  llvm::SmallVector<ValueId, 4> args = beginBody();
  ValueId made = b.alloc(type);
  for (unsigned i = 0; i < args.size(); ++i)
    b.init(b.field(made, kFirstInput + i), ownershipOf(args[i]) == dil::Ownership::Address ? b.loadCopy(args[i]) : b.copy(args[i]));
  if (program.iterators[info->iterator].enumerable.isValid())
    b.assign(b.field(made, kState), b.constInt(types::Int32, uint64_t(kTemplate)));
  b.ret(b.cast(dil::CastKind::Up, made, fn.result));
  endBody();
}

// ---- The body -------------------------------------------------------------------------------------------------------

/// The inputs, as the parameters that they were: an iterator runs once, so they move out of it.
llvm::SmallVector<ValueId, 4> FunctionGen::takeInputs(ValueId iterator) {
  llvm::SmallVector<ValueId, 4> inputs;
  std::vector<dil::Param> params = gen.paramsOf(*info);
  size_t receivers = size_t(gen.takesClosure(*info)) + info->thisVariable.isValid();
  for (unsigned i = 0; i < params.size(); ++i) {
    ValueId place = b.field(iterator, kFirstInput + i);
    bool isPlain = types.isPlain(params[i].type), isAddress = params[i].convention == dil::Convention::Address;
    ValueId input = isPlain ? b.loadCopy(place) : b.loadTake(place);
    if (i < receivers && (isAddress || !isPlain)) {
      ValueId slot = b.slot(params[i].type, params[i].name.text());
      b.init(slot, input);
      pushDropSlot(slot);
      input = slot;
      if (!isAddress) {
        input = b.loadBorrow(slot);
        push(Cleanup::Kind::EndBorrow, input);
      }
    }
    inputs.push_back(input);
  }
  return inputs;
}

void FunctionGen::buildIteratorBody() {
  fn.loc = info->range.begin;
  b.loc = fn.loc;
  collectBodyFacts();
  bindParameters(takeInputs(beginBody()[0]));
  emitBody();
  if (!isTerminated())
    returnValue(b.constBool(false));
  endBody();
}

void FunctionGen::emitYield(const YieldStmt *stmt) {
  if (stmt->isBreak)
    return returnValue(b.constBool(false));
  declareBindings(stmt->value);
  size_t start = mark();
  ValueId element = emitInitializer(stmt->value, program.iterators[info->iterator].element);
  if (isTerminated())
    return;
  endAll(start);
  BlockId resume = b.addBlock(), dispose = b.addBlock();
  b.yield(element, resume, dispose);
  b.setBlock(dispose);
  returnValue(b.constBool(false));
  b.setBlock(resume);
}

} // namespace dream::dilgen
