// Module variables and statics: zero at start, constants in the image, the rest set by `initialise` in textual order, and
// dropped by `finalise` in reverse.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

/// The value that the variable has in the image, if its initialiser is a constant.
void ModuleGen::setInitial(const sema::VariableInfo &variable, dil::Global &global) {
  const sema::ConstValue &value = variable.constant;
  if (value.kind == sema::ConstValue::Kind::None || value.kind == sema::ConstValue::Kind::Null)
    return; // Zero.
  dil::ConstInst *inst = module.addConstant();
  inst->loc = variable.range.begin;
  static_cast<dil::Constant &>(*inst) = constantIn(module.storage(), value);
  global.initial = inst;
}

GlobalId ModuleGen::global(VariableId id) {
  if (globals.size() < program.variables.size())
    globals.resize(program.variables.size());
  GlobalId &known = globals[id.index];
  if (known.isValid())
    return known;
  const sema::VariableInfo &variable = program[id];
  dil::Global global;
  global.symbol = variable.qualifiedName;
  global.type = variable.type;
  global.loc = variable.range.begin;
  setInitial(variable, global);
  globalOrder.push_back(id);
  return known = module.addGlobal(std::move(global));
}

void ModuleGen::buildInitialise() {
  if (program.initialisers.empty())
    return;
  module.initialise = module.addFunction();
  dil::Function &fn = module[module.initialise];
  fn.symbol = "initialise";
  bool throws = false;
  for (VariableId id : program.initialisers)
    throws |= initialiserThrows(id);
  fn.canThrow = throws;
  later([this] {
    FunctionGen gen(*this, module.initialise);
    gen.beginBody();
    for (VariableId id : program.initialisers)
      gen.emitGlobalInitialiser(id);
    gen.endBody();
  });
}

void ModuleGen::buildFinalise() {
  // In the order of initialisation: constants first, then as `initialise` and the statements of main set them.
  std::vector<VariableId> inTurn = program.initialisers;
  for (auto &[index, id] : program.mainInitialisers)
    inTurn.push_back(id);
  llvm::DenseSet<VariableId> isInTurn(inTurn.begin(), inTurn.end());
  std::vector<VariableId> order;
  for (VariableId id : globalOrder)
    if (!isInTurn.contains(id))
      order.push_back(id);
  for (VariableId id : inTurn)
    if (id.index < globals.size() && globals[id.index].isValid())
      order.push_back(id);
  llvm::erase_if(order, [&](VariableId id) { return types.isPlain(program[id].type); });
  if (order.empty())
    return;
  module.finalise = module.addFunction();
  module[module.finalise].symbol = "finalise";
  FunctionGen gen(*this, module.finalise);
  gen.beginBody();
  for (VariableId id : llvm::reverse(order))
    gen.b.drop(gen.b.loadTake(gen.b.global(global(id))));
  gen.endBody();
}

void FunctionGen::emitGlobalInitialiser(VariableId id) {
  const sema::VariableInfo &variable = program[id];
  sema::InLayer in(program, variable.layer);
  At at(*this, variable.range.begin);
  startStatement();
  collectFacts(program, variable.init, facts);
  declareBindings(variable.init);
  size_t start = mark();
  ValueId value = emitInitializer(variable.init, variable.type);
  b.assign(b.global(gen.global(id)), value);
  endAll(start);
}

} // namespace dream::dilgen
