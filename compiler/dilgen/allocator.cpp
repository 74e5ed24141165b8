// The program's own allocator: what the runtime calls for blocks are functions between, which call the methods of the
// variable that is marked [GlobalAllocator].
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

/// func(block?, long, int) -> result
void ModuleGen::buildAllocatorCall(llvm::StringRef symbol, FunctionId method) {
  FuncId made = module.addFunction();
  dil::Function &fn = module[made];
  const sema::FunctionInfo &target = program[method];
  bool takesBlock = target.params.size() > 1;
  fn.symbol = symbol.str();
  fn.isExported = fn.noAlloc = true;
  if (takesBlock)
    fn.params.push_back(param("block", program[target.params[0].variable].type));
  fn.params.push_back(param("bytes", types::Int64));
  fn.params.push_back(param("align", types::Int32));
  fn.result = target.result;
  fn.loc = target.range.begin;
  later([this, made, method, takesBlock, &target] {
    FunctionGen gen(*this, made);
    gen.b.loc = module[made].loc;
    llvm::SmallVector<ValueId, 4> args = gen.beginBody();
    size_t start = gen.mark();
    llvm::SmallVector<FunctionGen::Argument, 8> passed(target.params.size() + 1);
    passed[0].kind = program[target.thisVariable].mode == PassMode::In ? FunctionGen::Argument::Kind::In : FunctionGen::Argument::Kind::Ref;
    passed[0].place = gen.variablePlace(program.allocator.variable);
    if (takesBlock)
      passed[1].value = args[0];
    passed.back().value = gen.b.make(program[target.params.back().variable].type, {args[takesBlock], args[takesBlock + 1]});
    ValueId result = gen.finishCall(method, sema::Dispatch::Direct, passed, start);
    gen.endAll(0);
    gen.b.ret(result);
    gen.endBody();
  });
}

void ModuleGen::buildAllocator() {
  if (!program.allocator.variable.isValid())
    return;
  buildAllocatorCall("program.allocate", program.allocator.alloc);
  buildAllocatorCall("program.release", program.allocator.free);
}

} // namespace dream::dilgen
