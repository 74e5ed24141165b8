// A module with one function that takes `(string s, int n, ref int r)`, for tests that build DIL by hand.
#pragma once

#include "compiler/dil/builder.h"
#include "compiler/dil/text.h"
#include "compiler/dil/verify/verify.h"
#include "gtest/gtest.h"

namespace dream::dil {

struct Fixture {
  NameTable names;
  TypeTable types;
  Module module{types, names};
  TypeId exception = nominal(NominalKind::Class, "Exception", {});
  FuncId id = module.addFunction();
  Function &fn = module[id];
  Builder b{module, fn};
  ValueId s, n, r;

  Fixture() {
    module.exceptionType = exception;
    fn.symbol = "f";
    fn.canThrow = true;
    s = parameter("s", types::String, Convention::Borrow);
    n = parameter("n", types::Int32, Convention::Plain);
    r = parameter("r", types::Int32, Convention::Address);
    fn.params.back().mode = PassMode::Ref;
    b.setBlock(fn.entry());
  }

  ValueId parameter(llvm::StringRef name, TypeId type, Convention convention) {
    if (fn.blocks.empty())
      fn.addBlock();
    fn.params.push_back({names.intern(name), type, convention, PassMode::Value});
    return b.addBlockArg(fn.entry(), type, ownershipOf(convention));
  }
  TypeId nominal(NominalKind kind, llvm::StringRef name, llvm::ArrayRef<TypeId> fields) {
    NominalId id = types.addNominal(kind, names.intern(name));
    NominalInfo &info = types.info(id);
    info.qualifiedName = name;
    for (TypeId field : fields)
      info.fields.push_back({names.intern("f" + std::to_string(info.fields.size())), field, {}, false, false, id});
    return info.type;
  }
  FuncId declare(llvm::StringRef symbol, llvm::ArrayRef<Param> params, TypeId result, bool canThrow = false) {
    FuncId id = module.addFunction();
    module[id].symbol = symbol;
    module[id].params.assign(params.begin(), params.end());
    module[id].result = result;
    module[id].canThrow = canThrow;
    return id;
  }
  Param param(TypeId type, Convention convention) { return {Name(), type, convention, PassMode::Value}; }

  TypeId typeOf(ValueId value) { return fn[value].type; }
  Ownership ownershipOfValue(ValueId value) { return fn[value].ownership; }
  std::string text() {
    std::string text;
    llvm::raw_string_ostream out(text);
    print(module, fn, out);
    return text;
  }
  /// The numbers of the broken invariants.
  std::vector<unsigned> violations() {
    std::vector<unsigned> numbers;
    for (const Violation &one : verify(module))
      numbers.push_back(one.invariant);
    return numbers;
  }
};

} // namespace dream::dil
