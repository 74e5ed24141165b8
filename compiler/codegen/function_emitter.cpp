// Blocks, edges and parameters of one function. See function_emitter.h.
#include "compiler/codegen/function_emitter.h"
#include "compiler/dil/cfg.h"

namespace dream::codegen {

FunctionEmitter::FunctionEmitter(ModuleEmitter &emitter, const dil::Function &function, llvm::Function *target,
                                 const Signature &signature)
    : emitter(emitter), dil(function), target(target), signature(signature), builder(emitter.context),
      debug(emitter.debug.beginFunction(function, target)), values(function.values.size()),
      places(function.values.size()) {}

void FunctionEmitter::emit() {
  prepareBlocks();
  bindParameters();
  if (emitter.options.checkMemory)
    prepareFrameTable();
  for (dil::BlockId id : order) {
    enterBlock(id);
    for (const dil::Inst *inst : dil[id].insts) {
      setLocation(inst->loc);
      dil::dispatch(*inst, [&](auto &typed) { emit(std::as_const(typed)); });
    }
  }
  emitReturnBlock();
  for (llvm::BasicBlock *panic : panics)
    panic->insertInto(target);
}

void FunctionEmitter::setLocation(SourceLoc loc) {
  location = loc;
  builder.SetCurrentDebugLocation(debug.location(loc));
}

//===-- Blocks -------------------------------------------------------------------------------------------------===//

/// The block that a block without content only leads to. Debuggers may want to stop in between, so -g keeps them.
void FunctionEmitter::skipEmptyBlocks() {
  skipTo.resize(dil.blocks.size());
  // Where several ways back to the start of a loop meet, they stay one: LLVM takes several for a loop in a loop.
  std::vector<bool> isWayBack(dil.blocks.size());
  if (emitter.optimizes()) {
    dil::Cfg graph(dil);
    for (dil::BlockId id : graph.reversePostorder())
      for (dil::BlockId next : graph.successors(id))
        isWayBack[id.index] = isWayBack[id.index] || (graph.number(next) <= graph.number(id) && graph.predecessors(id).size() > 1);
  }
  for (uint32_t i = 0; i < skipTo.size(); ++i) {
    const dil::Block &block = dil.blocks[i];
    const auto *br = block.insts.size() == 1 && block.args.empty() ? llvm::dyn_cast<dil::BrInst>(block.insts[0]) : nullptr;
    bool isEmpty = br && br->args.empty() && !isWayBack[i] && i != dil.entry().index && !debug.wantsVariables();
    skipTo[i] = isEmpty ? br->target : dil::BlockId(i);
  }
  for (uint32_t i = 0; i < skipTo.size(); ++i) {
    dil::BlockId end(i);
    for (unsigned steps = 0; skipTo[end.index] != end && steps < 16; ++steps) // an empty endless loop is one of them
      end = skipTo[end.index];
    skipTo[i] = end;
  }
}

void FunctionEmitter::prepareBlocks() {
  skipEmptyBlocks();
  // Postorder by an explicit stack: generated functions may be long chains of blocks.
  size_t count = dil.blocks.size();
  predecessors.assign(count, 0);
  std::vector<bool> seen(count);
  struct Frame {
    dil::BlockId id;
    llvm::SmallVector<dil::BlockId, 4> targets; ///< Not yet visited.
  };
  std::vector<Frame> stack;
  auto push = [&](dil::BlockId id) {
    seen[id.index] = true;
    stack.push_back({id, {}});
    if (!dil[id].insts.empty())
      dil::forEachTarget(*dil[id].insts.back(), [&](dil::BlockId target) {
        target = skipTo[target.index];
        ++predecessors[target.index];
        stack.back().targets.push_back(target);
      });
  };
  push(dil.entry());
  while (!stack.empty()) {
    Frame &top = stack.back();
    if (!top.targets.empty()) { // the last one first, so that the first stands first in the reversed order
      dil::BlockId target = top.targets.pop_back_val();
      if (!seen[target.index])
        push(target);
    } else {
      order.push_back(top.id);
      stack.pop_back();
    }
  }
  std::reverse(order.begin(), order.end());

  blocks.assign(count, nullptr);
  for (dil::BlockId id : order)
    blocks[id.index] = newBlock(id == dil.entry() ? "entry" : "b" + llvm::Twine(id.index));
  // Arguments where edges meet.
  for (dil::BlockId id : order) {
    if (id == dil.entry() || predecessors[id.index] < 2)
      continue;
    for (dil::ValueId arg : dil[id].args) {
      const Lowering &lowering = loweringOf(arg);
      if (lowering.inMemory && info(arg).ownership != dil::Ownership::Address)
        continue; // has storage of its own: made when the first edge is met
      builder.SetInsertPoint(blocks[id.index]);
      Leaves phis;
      if (info(arg).ownership == dil::Ownership::Address)
        phis.push_back(builder.CreatePHI(emitter.lowering.pointer, predecessors[id.index]));
      else
        for (const Leaf &leaf : lowering.leaves)
          phis.push_back(builder.CreatePHI(leaf.type, predecessors[id.index]));
      set(arg, std::move(phis));
    }
  }
}

llvm::BasicBlock *FunctionEmitter::newBlock(const llvm::Twine &name) {
  return llvm::BasicBlock::Create(emitter.context, name);
}

void FunctionEmitter::continueIn(llvm::BasicBlock *next) {
  next->insertInto(target);
  builder.SetInsertPoint(next);
}

void FunctionEmitter::enterBlock(dil::BlockId id) {
  if (id == dil.entry()) // entered by bindParameters
    return;
  continueIn(block(id));
}

/// Parameters are the leaves of the arguments in order; see signatures.h.
void FunctionEmitter::bindParameters() {
  continueIn(block(dil.entry()));
  unsigned next = 0;
  if (signature.result == Signature::Result::Indirect) {
    resultAddress = target->getArg(next++);
    resultAddress->setName("result");
  }
  const dil::Block &entry = dil[dil.entry()];
  for (unsigned i = 0; i < entry.args.size(); ++i) {
    dil::ValueId arg = entry.args[i];
    const Lowering &lowering = loweringOf(arg);
    bool isAddress = info(arg).ownership == dil::Ownership::Address;
    unsigned count = isAddress || lowering.inMemory ? 1 : lowering.leaves.size();
    Leaves leaves;
    for (unsigned leaf = 0; leaf < count; ++leaf) {
      llvm::Argument *argument = target->getArg(next++);
      if (i < dil.params.size())
        argument->setName(dil.params[i].name.text());
      leaves.push_back(argument);
    }
    set(arg, std::move(leaves));
    if (debug.wantsVariables() && i < dil.params.size() && !debug.hasArgumentSlot(i + 1)) {
      // No slot of DIL's holds the parameter: give it one, for the debugger.
      llvm::AllocaInst *home;
      if (isAddress || lowering.inMemory) {
        home = entryAlloca(emitter.lowering.pointer, llvm::Align(emitter.types.pointerBytes()));
        builder.CreateStore(this->leaves(arg)[0], home);
      } else {
        home = entryAlloca(typeOf(arg));
        storeValue(typeOf(arg), this->leaves(arg), home, {});
      }
      debug.declareParameter(i + 1, dil.params[i], home, isAddress || lowering.inMemory, builder);
    }
  }
}

//===-- Edges --------------------------------------------------------------------------------------------------===//

void FunctionEmitter::passArguments(dil::BlockId target, llvm::ArrayRef<Leaves> args) {
  llvm::ArrayRef<dil::ValueId> params = dil[target].args;
  assert(params.size() == args.size() && "an edge passes what its target takes");
  if (predecessors[target.index] < 2) {
    for (size_t i = 0; i < args.size(); ++i)
      set(params[i], args[i]);
    return;
  }
  // Values in memory are copied into the argument's own storage. All are read before any is written: an edge may swap.
  llvm::SmallVector<std::pair<dil::ValueId, llvm::Value *>, 2> copies;
  for (size_t i = 0; i < args.size(); ++i) {
    const Lowering &lowering = loweringOf(params[i]);
    if (lowering.inMemory && info(params[i]).ownership != dil::Ownership::Address) {
      if (leaves(params[i]).empty())
        set(params[i], entryAlloca(typeOf(params[i])));
      copies.push_back({params[i], args[i][0]});
      continue;
    }
    for (size_t leaf = 0; leaf < args[i].size(); ++leaf)
      llvm::cast<llvm::PHINode>(leaves(params[i])[leaf])->addIncoming(args[i][leaf], builder.GetInsertBlock());
  }
  if (copies.size() > 1)
    for (auto &[param, from] : copies) {
      llvm::AllocaInst *staged = entryAlloca(typeOf(param));
      copyMemory(typeOf(param), staged, from);
      from = staged;
    }
  for (auto &[param, from] : copies)
    copyMemory(typeOf(param), value(param), from);
}

llvm::AllocaInst *FunctionEmitter::entryAlloca(llvm::Type *type, llvm::Align align, const llvm::Twine &name) {
  llvm::BasicBlock &entry = target->getEntryBlock();
  auto where = lastAlloca ? std::next(lastAlloca->getIterator()) : entry.begin();
  auto *alloca = new llvm::AllocaInst(type, 0, nullptr, align, name);
  alloca->insertInto(&entry, where);
  lastAlloca = alloca;
  return alloca;
}

llvm::AllocaInst *FunctionEmitter::entryAlloca(TypeId type, const llvm::Twine &name) {
  return entryAlloca(emitter.lowering.memoryType(type), emitter.lowering[type].align, name);
}

} // namespace dream::codegen
