// Bodies of functions: parameters, `this`, the implicit return, and the removal of blocks that nothing reaches.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

SourceLoc FunctionGen::locOf(const Node *node) {
  if (auto *member = llvm::dyn_cast<MemberExpr>(node))
    return member->nameRange.begin;
  if (auto *call = llvm::dyn_cast<CallExpr>(node))
    return locOf(call->callee);
  if (auto *binary = llvm::dyn_cast<BinaryExpr>(node))
    return binary->opRange.begin;
  return node->range.begin;
}

llvm::SmallVector<ValueId, 4> FunctionGen::beginBody() {
  BlockId entry = b.addBlock();
  b.setBlock(entry);
  llvm::SmallVector<ValueId, 4> args;
  for (const dil::Param &param : fn.params)
    args.push_back(b.addBlockArg(entry, param.type, dil::ownershipOf(param.convention)));
  startStatement();
  return args;
}

void FunctionGen::endBody() {
  if (!isTerminated()) {
    unwindTo(0);
    if (fn.result == types::Void)
      b.ret();
    else
      b.unreachable(dil::UnreachableReason::MissingReturn);
  }
  cleanups.clear();
  pruneBlocks();
}

void FunctionGen::pruneBlocks() {
  std::vector<bool> reached(fn.blocks.size());
  llvm::SmallVector<BlockId, 32> work{fn.entry()};
  reached[0] = true;
  while (!work.empty()) {
    BlockId block = work.pop_back_val();
    // Code behind a terminator (after an expression that does not return) is never made; what lies in a block that
    // was abandoned has no terminator and goes.
    assert(!fn[block].insts.empty() && "a block without instructions");
    dil::forEachTarget(std::as_const(*fn[block].insts.back()), [&](BlockId target) {
      if (!reached[target.index]) {
        reached[target.index] = true;
        work.push_back(target);
      }
    });
  }
  std::vector<BlockId> renamed(fn.blocks.size());
  std::deque<dil::Block> kept;
  for (size_t i = 0; i < fn.blocks.size(); ++i) {
    if (!reached[i])
      continue;
    renamed[i] = BlockId(kept.size());
    kept.push_back(std::move(fn.blocks[i]));
  }
  fn.blocks = std::move(kept);
  for (dil::Block &block : fn.blocks)
    dil::forEachTarget(*block.insts.back(), [&](BlockId &target) { target = renamed[target.index]; });
  for (dil::ValueInfo &value : fn.values)
    value.block = value.block.isValid() ? renamed[value.block.index] : BlockId();
}

void FunctionGen::bindParameters(llvm::ArrayRef<ValueId> args) {
  size_t next = 0;
  if (gen.takesClosure(*info))
    bindCaptures(args[next++]);
  if (info->thisVariable.isValid()) {
    self = args[next++];
    selfVariable = info->thisVariable;
    // A `this` that is no reference and no address (a number's, in its own methods) is like any other parameter.
    storage[selfVariable] = {self, ownershipOf(self) == dil::Ownership::Address};
  }
  for (const sema::ParameterInfo &param : info->params) {
    ValueId arg = args[next++];
    const sema::VariableInfo &variable = program[param.variable];
    if (ownershipOf(arg) == dil::Ownership::Address) {
      storage[param.variable] = {arg, true};
      continue;
    }
    bool isPlain = ownershipOf(arg) == dil::Ownership::None;
    if (!isPlain && !isOwned(arg) && !facts.written.contains(param.variable)) {
      storage[param.variable] = {arg, false};
      continue;
    }
    At at(*this, variable.range.begin);
    ValueId slot = b.slot(variable.type, variable.name.text(), unsigned(next));
    b.init(slot, isPlain || isOwned(arg) ? arg : b.copy(arg));
    storage[param.variable] = {slot, true};
    pushDropSlot(slot);
  }
}

static std::pair<const BlockStmt *, const Expr *> bodyOf(const sema::FunctionInfo &info) {
  if (info.lambda)
    return {info.lambda->block, info.lambda->expr};
  if (auto *decl = llvm::dyn_cast_or_null<FuncDecl>(info.decl))
    return {decl->block, decl->expr};
  if (auto *decl = llvm::dyn_cast_or_null<AccessorDecl>(info.decl))
    return {decl->block, decl->expr};
  if (auto *decl = llvm::dyn_cast_or_null<DestructorDecl>(info.decl))
    return {decl->body, nullptr};
  if (auto *decl = llvm::dyn_cast_or_null<PropertyDecl>(info.decl); decl && !info.isAutoAccessor)
    for (const AccessorDecl *accessor : decl->accessors)
      if ((accessor->accessorKind == AccessorKind::Get) == (info.kind == sema::FunctionKind::Getter))
        return {accessor->block, accessor->expr};
  return {};
}

void FunctionGen::collectBodyFacts() {
  auto [block, expr] = bodyOf(*info);
  if (block)
    collectFacts(program, block, facts);
  if (expr)
    collectFacts(program, expr, facts);
}

/// What was written, without parameters and the implicit return.
void FunctionGen::emitBody() {
  auto [block, expr] = bodyOf(*info);
  if (block) {
    emitBlock(block);
    if (!isTerminated())
      b.loc = block->range.end;
  } else if (expr) {
    At at(*this, locOf(expr));
    declareBindings(expr);
    emitReturn(expr);
  }
}

void FunctionGen::buildFunction() {
  b.loc = info->range.begin;
  fn.loc = b.loc;
  collectBodyFacts();
  bindParameters(beginBody());
  if (info->kind == sema::FunctionKind::Constructor)
    emitConstructorChain();
  if (info->isAutoAccessor)
    emitAutoAccessor();
  else
    emitBody();
  endBody();
}

void FunctionGen::emitAutoAccessor() {
  const sema::PropertyInfo &property = program[info->property];
  const sema::VariableInfo &backing = program[property.backing];
  Place place;
  if (property.isStatic)
    place = variablePlace(property.backing);
  else if (ownershipOf(self) == dil::Ownership::Address)
    place = fieldOf(variablePlace(selfVariable), backing.fieldIndex);
  else
    place = fieldOfObject(self, typeOf(self), backing.fieldIndex, false);
  if (info->kind == sema::FunctionKind::Getter) {
    size_t start = mark();
    ValueId value = load(place, Want::Own);
    endTo(start);
    return returnValue(value);
  }
  const Storage &value = storage[info->params.back().variable];
  store(place, value.isAddress ? b.loadCopy(value.value) : b.copy(value.value));
}

void FunctionGen::buildMain() {
  for (const Stmt *stmt : program.mainStatements)
    collectFacts(program, stmt, facts);
  if (!program.mainStatements.empty())
    b.loc = program.mainStatements.front()->range.begin;
  fn.loc = b.loc;
  bindParameters(beginBody());
  auto next = program.mainInitialisers.begin();
  for (size_t i = 0; i <= program.mainStatements.size(); ++i) {
    for (; next != program.mainInitialisers.end() && next->first == i && !isTerminated(); ++next)
      emitGlobalInitialiser(next->second);
    if (i < program.mainStatements.size())
      emitStmt(program.mainStatements[i]);
  }
  endBody();
}

} // namespace dream::dilgen
