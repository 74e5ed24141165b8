// What C may call of the program: a function between, "symbol$c", for each export. It takes and gives what C has: a text for
// a string, which is copied; a string for a string, which is the caller's. codegen/exports.cpp gives it C's convention.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using sema::ExportedFunction;

void ModuleGen::buildExport(const ExportedFunction &row) {
  using Kind = ExportedFunction::Kind;
  FuncId made = module.addFunction();
  FuncId target = row.kind == Kind::New      ? creator(row.type, row.function)
                  : row.kind == Kind::Call   ? function(row.function)
                                             : FuncId();
  dil::Function &fn = module[made];
  fn.symbol = row.symbol + "$c";
  fn.isExported = true;
  TypeId text = types.pointer(types::UInt8, /*isConst=*/true);
  auto isText = [this](TypeId type) {
    return type == types::String || (types.kind(type) == TypeKind::Optional && types[type].element == types::String);
  };
  std::vector<dil::Param> inner;
  if (target.isValid()) {
    inner = module[target].params;
    for (const dil::Param &one : inner)
      fn.params.push_back(isText(one.type) ? param(one.name.text(), text) : one);
    fn.result = module[target].result;
    fn.canThrow = module[target].canThrow;
    fn.loc = module[target].loc;
  } else {
    fn.params.push_back(param("object", row.type, row.kind == Kind::Release ? dil::Convention::Own : dil::Convention::Borrow));
    fn.result = row.kind == Kind::Retain ? row.type : types::Void;
  }
  later([this, made, target, inner, text, isText, kind = row.kind, callee = row.function] {
    FunctionGen gen(*this, made);
    dil::Builder &b = gen.b;
    b.loc = module[made].loc;
    llvm::SmallVector<ValueId, 4> args = gen.beginBody();
    if (kind == Kind::Release) {
      b.drop(args[0]);
      b.ret();
      return gen.endBody();
    }
    if (kind == Kind::Retain) {
      b.ret(b.copy(args[0]));
      return gen.endBody();
    }
    size_t start = gen.mark();
    llvm::SmallVector<ValueId, 8> passed;
    for (size_t i = 0; i < args.size(); ++i) {
      ValueId arg = args[i];
      if (isText(inner[i].type)) {
        arg = gen.hold(b.call(runtime("dr_str_of_c", {param("text", text)}, types::String), {arg}));
        arg = gen.asType(arg, inner[i].type);
        if (inner[i].convention == dil::Convention::Own)
          gen.forget(arg);
      }
      passed.push_back(arg);
    }
    ValueId result;
    const sema::FunctionInfo *info = callee.isValid() ? &program[callee] : nullptr;
    if (kind == Kind::Call && info->slot && !info->isStatic) {
      llvm::SmallVector<FunctionGen::Argument, 8> arguments(passed.size());
      for (size_t i = 0; i < passed.size(); ++i)
        arguments[i].value = passed[i];
      result = gen.finishCall(callee, sema::Dispatch::Virtual, arguments, start);
    } else {
      result = gen.finishCall(target, module[target].canThrow, passed);
    }
    gen.endTo(start);
    result.isValid() ? b.ret(result) : b.ret();
    gen.endBody();
  });
}

void ModuleGen::buildExports() {
  for (const ExportedFunction &row : program.exports)
    buildExport(row);
}

} // namespace dream::dilgen
