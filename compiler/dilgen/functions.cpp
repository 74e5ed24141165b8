// Which DIL function stands for what, and when its body is made.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

namespace {

/// Whether an entry of the runtime consumes a parameter: entries.def says so, and nobody else.
enum class EntryType : uint8_t { Void, Bool, I8, I32, U32, I64, U64, F32, F64, Ptr, Str, OwnStr, Obj, OwnObj };

bool consumes(llvm::StringRef symbol, size_t index) {
  using enum EntryType;
  auto at = [index](auto... types) {
    EntryType list[] = {types..., Void};
    return index < sizeof...(types) && (list[index] == OwnStr || list[index] == OwnObj);
  };
#define ENTRY(SYMBOL, RESULT, PARAMETERS, EFFECTS)                                                                     \
  if (symbol == #SYMBOL)                                                                                               \
    return at PARAMETERS;
#include "runtime/abi/entries.def"
#undef ENTRY
  return false;
}

} // namespace

dil::Param ModuleGen::param(llvm::StringRef name, TypeId type, dil::Convention convention) {
  return {names.intern(name), type, convention, PassMode::Value};
}

std::vector<dil::Param> ModuleGen::paramsOf(const sema::FunctionInfo &info) {
  std::vector<dil::Param> params;
  auto add = [&](VariableId id, llvm::StringRef name) {
    const sema::VariableInfo &variable = program[id];
    bool isAddress = variable.mode != PassMode::Value;
    dil::Param made = param(name, variable.type, isAddress ? dil::Convention::Address : dil::defaultConvention(types, variable.type));
    made.mode = variable.mode;
    if (info.kind == sema::FunctionKind::Runtime && made.convention == dil::Convention::Borrow &&
        consumes(info.symbol, params.size()))
      made.convention = dil::Convention::Own;
    if (variable.isOwn && made.convention == dil::Convention::Borrow)
      made.convention = dil::Convention::Own;
    params.push_back(made);
  };
  if (takesClosure(info))
    params.push_back(param("closure", funcTypeOf(info), dil::Convention::Borrow));
  if (info.thisVariable.isValid())
    add(info.thisVariable, "this");
  for (const sema::ParameterInfo &one : info.params)
    add(one.variable, program[one.variable].name.text());
  return params;
}

/// Functions of one name in C or the runtime are told apart by what stands behind a `$`, which is no part of the name.
std::string ModuleGen::declaredSymbol(llvm::StringRef symbol) {
  unsigned count = declaredSymbols[symbol]++;
  return count == 0 ? symbol.str() : (symbol + "$" + llvm::Twine(count)).str();
}

static bool hasAttribute(const sema::FunctionInfo &info, llvm::StringRef name) {
  return info.decl && llvm::any_of(info.decl->attributes, [&](const ast::Attribute *one) {
           return !one->path.empty() && one->path.back().text() == name;
         });
}

bool FunctionGen::isMarkedUnchecked(const sema::FunctionInfo &info) { return info.isLibrary && hasAttribute(info, "Unchecked"); }

FuncId ModuleGen::function(FunctionId id) {
  // The runtime's entry cannot throw.
  if (id == program.knownFunctions[size_t(sema::Known::ObjectToString)] && program[id].mayThrow)
    id = program.knownFunctions[size_t(sema::Known::ObjectToStringOrThrow)];
  if (functions.size() < program.functions.size())
    functions.resize(program.functions.size());
  FuncId &known = functions[id.index];
  if (known.isValid())
    return known;
  const sema::FunctionInfo &info = program[id];
  FuncId made = known = module.addFunction();
  dil::Function &fn = module[made];
  fn.symbol = info.symbol;
  fn.params = paramsOf(info);
  fn.result = info.result;
  fn.loc = info.range.begin;
  fn.isLibrary = info.isLibrary;
  switch (info.kind) {
  case sema::FunctionKind::Runtime: fn.kind = dil::FuncKind::Runtime; break;
  case sema::FunctionKind::Extern:
    fn.kind = dil::FuncKind::C;
    fn.isVariadic = info.isVariadic;
    break;
  case sema::FunctionKind::Plain:
  case sema::FunctionKind::Method:
  case sema::FunctionKind::Constructor:
  case sema::FunctionKind::Destructor:
  case sema::FunctionKind::Operator:
  case sema::FunctionKind::Getter:
  case sema::FunctionKind::Setter:
  case sema::FunctionKind::Local:
  case sema::FunctionKind::Lambda:
  case sema::FunctionKind::Shape:
  case sema::FunctionKind::Intrinsic:
  case sema::FunctionKind::Main:
  case sema::FunctionKind::Iterator: break;
  }
  if (fn.kind != dil::FuncKind::Dream)
    fn.symbol = declaredSymbol(fn.symbol);
  fn.neverReturns = info.result == types::Never;
  if (fn.neverReturns)
    fn.result = types::Void;
  if (fn.kind != dil::FuncKind::Dream)
    return made;
  fn.canThrow = info.mayThrow;
  fn.inlineHint = hasAttribute(info, "Inline");
  fn.noAlloc = hasAttribute(info, "NoAlloc");
  later([this, made, id, &info] {
    sema::InLayer in(program, info.layer);
    FunctionGen gen(*this, made, &info, id);
    if (info.kind == sema::FunctionKind::Main)
      gen.buildMain();
    else if (info.iterator)
      gen.buildIteratorMaker();
    else
      gen.buildFunction();
  });
  return made;
}

FuncId ModuleGen::known(sema::Known name) {
  FunctionId id = program.knownFunctions[size_t(name)];
  if (!id.isValid())
    llvm::report_fatal_error("dilgen: the core library lacks a function that the compiler relies on");
  return function(id);
}

/// The declaration that is known by the key, and whether it was made just now.
std::pair<FuncId, bool> ModuleGen::declared(llvm::StringRef key, dil::FuncKind kind, llvm::StringRef symbol, llvm::ArrayRef<dil::Param> params,
                                            TypeId result) {
  FuncId &made = runtimes[key];
  if (made.isValid())
    return {made, false};
  made = module.addFunction();
  dil::Function &fn = module[made];
  fn.kind = kind;
  fn.symbol = declaredSymbol(symbol);
  fn.params.assign(params.begin(), params.end());
  fn.result = result;
  return {made, true};
}

FuncId ModuleGen::runtime(llvm::StringRef symbol, llvm::ArrayRef<dil::Param> params, TypeId result) {
  std::string key = symbol.str();
  for (const dil::Param &one : params)
    key += ',' + std::to_string(one.type.index);
  auto [made, isNew] = declared(key, dil::FuncKind::Runtime, symbol, params, result);
  if (!isNew)
    return made;
  dil::Function &fn = module[made];
  for (size_t i = 0; i < fn.params.size(); ++i)
    if (fn.params[i].convention == dil::Convention::Borrow && consumes(symbol, i))
      fn.params[i].convention = dil::Convention::Own;
  return made;
}

FuncId ModuleGen::external(llvm::StringRef symbol, llvm::ArrayRef<dil::Param> params, TypeId result, size_t variadicAfter) {
  bool isVariadic = variadicAfter != ~size_t(0);
  if (isVariadic)
    params = params.take_front(variadicAfter);
  std::string key = "C " + symbol.str() + ' ' + std::to_string(result.index);
  for (const dil::Param &one : params)
    key += ',' + std::to_string(one.type.index) + '/' + std::to_string(unsigned(one.convention)) + (one.isLent ? "/lent" : "");
  FuncId made = declared(key, dil::FuncKind::C, symbol, params, result).first;
  module[made].isVariadic = isVariadic;
  return made;
}

static bool isException(const ModuleGen &gen, TypeId type) {
  return gen.types.kind(type) == TypeKind::Class && gen.types.isSubtype(type, gen.program.knownTypes[size_t(sema::Known::Exception)]);
}

FuncId ModuleGen::creator(TypeId type, FunctionId constructor, bool inArena) {
  FuncId &known = (inArena ? creatorsInArenas : creators)[{type, constructor}];
  if (known.isValid())
    return known;
  FuncId made = known = module.addFunction();
  dil::Function &fn = module[made];
  fn.symbol = types.info(type).qualifiedName + (inArena ? ".new$in" : ".new");
  if (constructor.isValid()) {
    llvm::StringRef symbol = program[constructor].symbol;
    if (size_t suffix = symbol.find('$'); suffix != llvm::StringRef::npos)
      fn.symbol += symbol.substr(suffix);
    else if (!program[constructor].decl && types.kind(type) == TypeKind::Struct)
      fn.symbol += "$zeros"; // A struct has this one beside those that are written.
    fn.params = paramsOf(program[constructor]);
    fn.params.erase(fn.params.begin()); // `this` is what it makes.
  }
  if (inArena)
    fn.params.insert(fn.params.begin(), {Name(), program.knownTypes[size_t(sema::Known::Arena)], dil::Convention::Borrow});
  fn.result = type;
  fn.canThrow = creationThrows(type, constructor);
  fn.noInline = isException(*this, type); // what throws stays small
  fn.inlineHint = constructor.isValid() && hasAttribute(program[constructor], "Inline");
  if (types.kind(type) == TypeKind::Class)
    needTables(type);
  later([this, made, type, constructor, inArena] {
    FunctionGen gen(*this, made, constructor.isValid() ? &program[constructor] : nullptr);
    gen.buildCreator(type, constructor, inArena);
  });
  return made;
}

static bool mayThrow(const sema::Program &program, const ast::Node *node) {
  if (auto *expr = llvm::dyn_cast<ast::Expr>(node)) {
    const sema::ExprFacts &facts = program.facts(expr);
    auto throws = [&](FunctionId id) { return id.isValid() && program[id].mayThrow; };
    if (facts.call && !llvm::isa<ast::NameExpr, ast::MemberExpr>(expr) && throws(program.calls[facts.call].function))
      return true;
    auto *call = llvm::dyn_cast<ast::CallExpr>(expr);
    if (call && facts.call && program.calls[facts.call].dispatch == sema::Dispatch::Indirect &&
        program.mayThrow(program.facts(call->callee).type))
      return true;
    if (throws(facts.conversion.function) || throws(facts.cast.function) || llvm::isa<ast::ThrowExpr>(expr))
      return true;
    if (facts.property.isValid() && (throws(program[facts.property].getter) || throws(program[facts.property].setter)))
      return true;
  }
  bool found = false;
  if (auto *list = llvm::dyn_cast<ast::InitializerList>(node))
    for (const ast::InitializerList::Element &element : list->elements)
      if (element.value) {
        const sema::MemberInit &init = program.memberInits.get(element.value);
        found |= init.add.isValid() && program[init.add].mayThrow;
        found |= init.property.isValid() && program[init.property].setter.isValid() && program[program[init.property].setter].mayThrow;
      }
  forEachChild(node, [&](const ast::Node *child) { found = found || mayThrow(program, child); });
  return found;
}

bool ModuleGen::initialiserThrows(VariableId id) const {
  sema::InLayer in(program, program[id].layer);
  return program[id].init && mayThrow(program, program[id].init);
}

bool ModuleGen::creationThrows(TypeId type, FunctionId constructor) {
  if (constructor.isValid())
    return program[constructor].mayThrow;
  for (VariableId field : initialisedFields(types[type].nominal)) {
    sema::InLayer in(program, program[field].layer);
    if (mayThrow(program, program[field].init))
      return true;
  }
  return false;
}

FuncId ModuleGen::functionOfType(llvm::DenseMap<TypeId, FuncId> &known, llvm::StringRef name, TypeId type,
                                 std::vector<dil::Param> params, TypeId result, void (FunctionGen::*build)(TypeId)) {
  FuncId &found = known[type];
  if (found.isValid())
    return found;
  FuncId made = found = module.addFunction();
  dil::Function &fn = module[made];
  fn.symbol = (name + "$" + types.spell(type) + "$" + llvm::Twine(type.index)).str();
  fn.params = std::move(params);
  fn.result = result;
  later([this, made, type, build] { (FunctionGen(*this, made).*build)(type); });
  return made;
}

FuncId ModuleGen::equality(TypeId type) {
  return functionOfType(equalities, "equal", type, {param("a", type), param("b", type)}, types::Bool, &FunctionGen::buildEquality);
}

FuncId ModuleGen::hash(TypeId type) {
  return functionOfType(hashes, "hash", type, {param("value", type)}, types::Int32, &FunctionGen::buildHash);
}

FuncId ModuleGen::toText(TypeId type) {
  if (FuncId found = texts.lookup(type); found.isValid())
    return found;
  FuncId made = functionOfType(texts, "ToString", type, {param("value", type)}, types::String, &FunctionGen::buildText);
  bool hasElements = types.kind(type) != TypeKind::Struct && types.kind(type) != TypeKind::Rect;
  module[made].canThrow = hasElements && textThrows(type);
  return made;
}

FunctionId ModuleGen::messageConstructor() const {
  NominalId exception = types[program.knownTypes[size_t(sema::Known::Exception)]].nominal;
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    const sema::FunctionInfo &info = program.functions[i];
    if (info.kind != sema::FunctionKind::Constructor || info.owner != exception || info.params.empty())
      continue;
    if (program[info.params[0].variable].type != types::String)
      continue;
    bool restHasDefaults = llvm::all_of(llvm::ArrayRef(info.params).drop_front(), [](auto &one) { return one.defaultValue; });
    if (restHasDefaults)
      return FunctionId(i);
  }
  llvm::report_fatal_error("dilgen: class Exception has no constructor from a message");
}

llvm::ArrayRef<VariableId> ModuleGen::initialisedFields(NominalId nominal) {
  if (fieldInitialisers.empty()) {
    fieldInitialisers.resize(types.nominalCount());
    for (uint32_t i = 0; i < program.variables.size(); ++i) {
      const sema::VariableInfo &variable = program.variables[i];
      if (variable.kind == sema::VariableKind::Field && variable.init && variable.owner.isValid())
        fieldInitialisers[variable.owner.index].push_back(VariableId(i));
    }
    for (auto &list : fieldInitialisers)
      llvm::sort(list, [&](VariableId a, VariableId b) { return program[a].fieldIndex < program[b].fieldIndex; });
  }
  return fieldInitialisers[nominal.index];
}

void ModuleGen::drain() {
  while (!pending.empty()) {
    auto work = std::move(pending.front());
    pending.pop_front();
    work();
  }
}

/// Local functions are made where they are declared.
static bool hasOwnBody(sema::FunctionKind kind) {
  switch (kind) {
  case sema::FunctionKind::Plain:
  case sema::FunctionKind::Method:
  case sema::FunctionKind::Constructor:
  case sema::FunctionKind::Destructor:
  case sema::FunctionKind::Operator:
  case sema::FunctionKind::Getter:
  case sema::FunctionKind::Setter:
  case sema::FunctionKind::Main: return true;
  case sema::FunctionKind::Local:
  case sema::FunctionKind::Lambda:
  case sema::FunctionKind::Shape:
  case sema::FunctionKind::Extern:
  case sema::FunctionKind::Runtime:
  case sema::FunctionKind::Intrinsic:
  case sema::FunctionKind::Iterator: return false;
  }
  return false;
}

void ModuleGen::run(bool asTests) {
  module.exceptionType = program.knownTypes[size_t(sema::Known::Exception)];
  needTables(module.exceptionType);
  buildInitialise();
  buildAllocator();
  buildExports();
  if (asTests)
    buildTests();
  else if (program.entry.isValid())
    module.entry = function(program.entry);
  drain();
  // What nobody calls is made too: later passes find errors in it.
  for (uint32_t i = 0; i < program.functions.size(); ++i)
    if (const sema::FunctionInfo &info = program.functions[i]; info.isReachable && !info.isAbstract && hasOwnBody(info.kind))
      function(FunctionId(i));
  module.describe = known(sema::Known::DescribeUncaught);
  buildClasses();
  buildFinalise();
  drain();
}

} // namespace dream::dilgen
