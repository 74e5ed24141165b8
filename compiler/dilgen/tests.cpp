// The entry of a test program: it runs the test that the first argument names by its index, and gives 0 back. A test that
// throws leaves like a main that throws; a benchmark runs until the runtime has measured enough.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

void ModuleGen::buildTests() {
  module.entry = module.addFunction();
  dil::Function &fn = module[module.entry];
  fn.symbol = "tests";
  fn.result = types::Int32;
  for (const sema::TestFunction &test : program.tests)
    fn.canThrow |= program[test.function].mayThrow;
  later([this] {
    FunctionGen gen(*this, module.entry);
    dil::Builder &b = gen.b;
    gen.beginBody();
    BlockId done = b.addBlock();
    dil::SwitchInst *choice = b.switchOn(b.call(runtime("dr_test_selected", {}, types::Int32), {}), done);
    auto callTest = [&](FunctionId test) {
      size_t start = gen.mark();
      llvm::SmallVector<FunctionGen::Argument, 8> none;
      gen.finishCall(test, sema::Dispatch::Direct, none, start);
    };
    for (size_t i = 0; i < program.tests.size(); ++i) {
      BlockId run = b.addBlock();
      choice->cases.push_back({i, run});
      b.setBlock(run);
      if (program.tests[i].isBench) {
        BlockId body = b.addBlock();
        b.condBr(b.call(runtime("dr_bench_continues", {}, types::Bool), {}), body, done);
        b.setBlock(body);
        callTest(program.tests[i].function);
        b.br(run);
      } else {
        callTest(program.tests[i].function);
        b.br(done);
      }
    }
    b.setBlock(done);
    b.ret(b.constInt(types::Int32, 0));
    gen.endBody();
  });
}

} // namespace dream::dilgen
