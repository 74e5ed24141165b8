// switch: a SwitchInst for numbers, a chain of comparisons for strings. Its sections share one scope, and control falls
// from one into the next.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

void FunctionGen::emitSwitch(const SwitchStmt *stmt, Name label) {
  size_t start = mark();
  declareBindings(stmt->value);
  // A jump to a section passes the declarations before it, so their slots are made here.
  for (const SwitchSection *section : stmt->sections)
    for (const Stmt *inner : section->statements)
      if (auto *var = llvm::dyn_cast<VarStmt>(inner))
        for (const VariableDecl *decl : var->decl->variables) {
          VariableId id = program.declared.get(decl);
          if (program[id].kind == sema::VariableKind::Constant || program[id].isRefLocal ||
              types.isView(program[id].type))
            continue;
          declareSlot(id);
          hoisted.insert(id);
        }
      else if (auto *func = llvm::dyn_cast<FuncStmt>(inner)) {
        FunctionId id = program.declaredFunctions.get(func->func);
        if (!id.isValid() || !gen.takesClosure(program[id]))
          continue;
        declareSlot(program[id].closure);
        hoisted.insert(program[id].closure);
      }
  startStatement();

  size_t temporaries = mark();
  ValueId value = emit(stmt->value, Want::Own);
  endAll(temporaries);

  BlockId done = b.addBlock();
  llvm::SmallVector<BlockId, 8> bodies;
  BlockId otherwise = done;
  for (const SwitchSection *section : stmt->sections) {
    bodies.push_back(b.addBlock());
    for (const Expr *one : section->labels)
      if (!one)
        otherwise = bodies.back();
  }

  if (typeOf(value) == types::String)
    emitStringTests(stmt, value, bodies, otherwise);
  else {
    dil::SwitchInst *inst = b.switchOn(value, otherwise);
    for (size_t i = 0; i < stmt->sections.size(); ++i)
      for (const Expr *one : stmt->sections[i]->labels)
        if (one)
          inst->cases.push_back({program.constant(one).bits, bodies[i]});
  }

  for (size_t i = 0; i < stmt->sections.size(); ++i) {
    b.setBlock(bodies[i]);
    jumps.push_back({label, done, BlockId(), mark(), mark()});
    emitList(stmt->sections[i]->statements);
    jumps.pop_back();
    branchTo(i + 1 < bodies.size() ? bodies[i + 1] : done);
  }
  b.setBlock(done);
  endAll(start);
}

void FunctionGen::emitStringTests(const SwitchStmt *stmt, ValueId value, llvm::ArrayRef<BlockId> bodies, BlockId otherwise) {
  FuncId equal = gen.known(sema::Known::EqualStrings);
  // Each way out of the tests ends the value's life.
  auto leaveTo = [&](BlockId target) {
    BlockId drop = b.addBlock(), here = b.currentBlock();
    b.setBlock(drop);
    b.drop(value);
    b.br(target);
    b.setBlock(here);
    return drop;
  };
  for (size_t i = 0; i < stmt->sections.size(); ++i) {
    BlockId found;
    for (const Expr *one : stmt->sections[i]->labels) {
      if (!one)
        continue;
      if (!found.isValid())
        found = leaveTo(bodies[i]);
      ValueId text = emitConstant(program.constant(one), types::String);
      ValueId same = b.call(equal, {value, text});
      b.drop(text);
      BlockId next = b.addBlock();
      b.condBr(same, found, next);
      b.setBlock(next);
    }
  }
  b.drop(value);
  b.br(otherwise);
}

} // namespace dream::dilgen
