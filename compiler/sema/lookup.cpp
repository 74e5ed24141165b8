// Finding what a name means: locals, members along the class chain, then the file's own module, its imports, the library.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Visibility --------------------------------------------------------------------------------------------===//

/// `type` is `owner` or nested in it.
bool Checker::isInside(NominalId type, NominalId owner) const {
  for (; type.isValid(); type = typeDetails[type.index].outer)
    if (type == owner || (detail(type).generic.isValid() && detail(type).decl == detail(owner).decl)) // instances see each other
      return true;
  return false;
}

bool Checker::canSee(Visibility visibility, NominalId owner, ModuleId declaredIn, NominalId scope, const FileContext &file) const {
  switch (visibility) {
  case Visibility::Public:
    return true;
  case Visibility::Module:
    return declaredIn == file.module;
  case Visibility::Private:
    return isInside(scope, owner) || isInside(owner, scope);
  case Visibility::Protected:
    for (NominalId inner = scope; inner.isValid(); inner = typeDetails[inner.index].outer)
      if (types.isSubtype(types.info(inner).type, types.info(owner).type))
        return true;
    return isInside(owner, scope);
  }
  return true;
}

/// Reports what may not be used here. True if it may.
bool Checker::checkVisible(Visibility visibility, NominalId owner, ModuleId declaredIn, Name name, SourceRange range, SourceRange declaration) {
  if (!cx || canSee(visibility, owner, declaredIn, cx->type, *cx->file))
    return true;
  static constexpr llvm::StringRef words[] = {"private", "protected", "internal", "public"};
  report(DiagId::NotVisible, range).operator<<(name.text()).operator<<(words[unsigned(visibility)]).note(declaration, "declared here");
  return false;
}

bool Checker::checkFunctionVisible(FunctionId function, SourceRange range) {
  FunctionDetail &detail = this->detail(function);
  const FunctionInfo &info = program[function];
  if (!info.owner.isValid())
    return true; // a symbol of a module that could be found at all
  return checkVisible(detail.visibility, info.owner, detail.file->module, info.name, range, info.range);
}

/// Of a member named in `expr`; of functions each is asked for itself, once it is chosen.
bool Checker::checkVisible(const Symbol &symbol, NominalId owner, const MemberExpr *expr) {
  return symbol.kind == Symbol::Kind::Functions || !owner.isValid() ||
         checkVisible(symbol.visibility, owner, detail(owner).file->module, expr->name, expr->nameRange, symbol.range);
}

//===-- Members -----------------------------------------------------------------------------------------------===//

Symbol Checker::lookupMember(NominalId type, Name name, NominalId *owner) {
  auto declared = [&](NominalId level) {
    Symbol found = detail(level).members.lookup(name);
    if (found && owner)
      *owner = level;
    return found;
  };
  for (NominalId level = type; level.isValid();) {
    if (Symbol found = declared(level))
      return found;
    const NominalInfo &info = types.info(level);
    level = info.base.isValid() ? types[info.base].nominal : NominalId();
  }
  for (TypeId interface : types.info(type).interfaces)
    if (Symbol found = declared(types[interface].nominal))
      return found;
  return {};
}

Symbol Checker::lookupExtension(TypeId type, Name name) {
  for (Extension *extension : extensionsOf(type, true))
    if (auto member = extension->members.find(name); member != extension->members.end())
      return member->second;
  return {};
}

/// All methods of that name that a value of the type has: its own, inherited ones that it does not override, those of
/// its interfaces, and those that `extend` adds.
void Checker::gatherMethods(TypeId type, Name name, llvm::SmallVectorImpl<FunctionId> &out, bool withExtensions) {
  auto add = [&](const SymbolTable &table) {
    auto found = table.find(name);
    if (found == table.end() || found->second.kind != Symbol::Kind::Functions)
      return;
    size_t count = out.size(); // overloads of one level do not hide each other
    for (FunctionId function : overloads[found->second.index]) {
      bool isHidden = llvm::any_of(llvm::ArrayRef<FunctionId>(out).take_front(count), [&](FunctionId other) {
        return sameParams(function, other) && program[function].isStatic == program[other].isStatic;
      });
      if (!isHidden)
        out.push_back(function);
    }
  };
  TypeKind kind = types.kind(type);
  // What is known of a type parameter itself comes before what its constraints have been extended by.
  auto addOwn = [&](TypeId of) {
    for (NominalId level = types[of].nominal; level.isValid();) {
      add(detail(level).members);
      const NominalInfo &info = types.info(level);
      level = info.base.isValid() ? types[info.base].nominal : NominalId();
    }
    for (TypeId interface : types.info(of).interfaces)
      add(detail(types[interface].nominal).members);
  };
  if (isNominal(kind))
    addOwn(type);
  if (kind == TypeKind::TypeParam)
    for (TypeId bound : needBounds(type).bounds)
      addOwn(bound);
  if (!withExtensions)
    return;
  for (Extension *extension : extensionsOf(type, true))
    add(extension->members);
  if (kind == TypeKind::TypeParam)
    for (TypeId bound : needBounds(type).bounds)
      gatherMethods(bound, name, out);
}

//===-- Modules -----------------------------------------------------------------------------------------------===//

Symbol Checker::lookupModule(ModuleId module, Name name, const FileContext &from) {
  const SymbolTable &table = modules[module.index].members;
  auto found = table.find(name);
  if (found == table.end())
    return {};
  const Symbol &symbol = found->second;
  if (module == from.module)
    return symbol;
  if (symbol.kind == Symbol::Kind::Functions) {
    for (FunctionId function : overloads[symbol.index])
      if (detail(function).visibility == Visibility::Public)
        return symbol;
    return {};
  }
  return symbol.visibility == Visibility::Public ? symbol : Symbol();
}

Symbol Checker::lookupGlobal(FileContext &file, Name name, SourceRange range) {
  if (Symbol own = lookupModule(file.module, name, file))
    return own;
  Symbol first;
  ModuleId firstModule;
  for (ModuleId module : file.imports) {
    Symbol symbol = lookupModule(module, name, file);
    if (!symbol)
      continue;
    if (!first) {
      first = symbol;
      firstModule = module;
      continue;
    }
    if (first.kind == Symbol::Kind::Functions && symbol.kind == Symbol::Kind::Functions) {
      llvm::SmallVector<FunctionId, 2> merged = overloads[first.index];
      merged.append(overloads[symbol.index]);
      first.index = overloads.size();
      overloads.push_back(merged);
      continue;
    }
    if (range.isValid())
      report(DiagId::AmbiguousName, range).operator<<(name.text()).operator<<(modules[firstModule.index].path)
          .operator<<(modules[module.index].path).note(first.range, "one is declared here").note(symbol.range, "the other is declared here");
    return first;
  }
  if (first)
    return first;
  for (ModuleId module : libraryModules)
    if (Symbol symbol = lookupModule(module, name, file))
      return symbol;
  return {};
}

ModuleId Checker::moduleNamed(FileContext &file, Name name) {
  auto found = file.qualifiers.find(name);
  return found == file.qualifiers.end() ? ModuleId() : found->second;
}

//===-- Suggestions -------------------------------------------------------------------------------------------===//

void Checker::collectNames(FileContext &file, NominalId scope, std::vector<llvm::StringRef> &out) {
  size_t begin = out.size();
  for (auto &[name, local] : locals)
    if (local.depth || local.variable.isValid() || local.function.isValid())
      out.push_back(name.text());
  for (NominalId level = scope; level.isValid(); level = detail(level).outer)
    collectMembers(types.info(level).type, out);
  auto addModule = [&](ModuleId module) {
    for (auto &[name, symbol] : modules[module.index].members)
      if (module == file.module || symbol.kind == Symbol::Kind::Functions || symbol.visibility == Visibility::Public)
        out.push_back(name.text());
  };
  addModule(file.module);
  for (ModuleId module : file.imports)
    addModule(module);
  for (ModuleId module : libraryModules)
    if (module != file.module)
      for (auto &[name, symbol] : modules[module.index].members)
        if (lookupModule(module, name, file))
          out.push_back(name.text());
  for (auto &[name, module] : file.qualifiers)
    out.push_back(name.text());
  for (llvm::StringRef word : {"true", "false", "null", "this"})
    out.push_back(word);
  std::sort(out.begin() + begin, out.end()); // the tables' own order depends on addresses
}

void Checker::collectMembers(TypeId type, std::vector<llvm::StringRef> &out) {
  TypeKind kind = types.kind(type);
  if (isNominal(kind)) {
    for (NominalId level = types[type].nominal; level.isValid();) {
      for (Name name : detail(level).memberOrder)
        out.push_back(name.text());
      const NominalInfo &info = types.info(level);
      level = info.base.isValid() ? types[info.base].nominal : NominalId();
    }
    for (TypeId interface : types.info(type).interfaces)
      for (Name name : detail(types[interface].nominal).memberOrder)
        out.push_back(name.text());
  }
  for (Extension *extension : extensionsOf(type, false))
    for (Name name : extension->memberOrder)
      out.push_back(name.text());
  if (kind == TypeKind::Array || kind == TypeKind::FixedArray || kind == TypeKind::Rect || kind == TypeKind::String)
    out.push_back("Length");
  out.push_back("ToString");
}

//===-- Locals ------------------------------------------------------------------------------------------------===//

Checker::Scope::~Scope() {
  while (checker.localUndo.size() > mark) {
    auto [name, old] = checker.localUndo.pop_back_val();
    if (old.variable.isValid() || old.function.isValid() || old.isPoisoned)
      checker.locals[name] = old;
    else
      checker.locals.erase(name);
  }
}

void Checker::declareLocal(Name name, Local local, SourceRange range) {
  if (!name)
    return;
  local.depth = cx->localDepth;
  Local &place = locals[name];
  bool taken = (place.variable.isValid() || place.function.isValid()) && place.depth == local.depth;
  if (taken) {
    SourceRange other = place.variable.isValid() ? program[place.variable].range : program[place.function].range;
    report(DiagId::DuplicateLocal, range).operator<<(name.text()).note(other, "the other one is here");
  }
  localUndo.push_back({name, place});
  place = local;
}

VariableId Checker::declareLocalVariable(VariableKind kind, Name name, TypeId type, SourceRange range) {
  VariableId id = newVariable(kind, name, type, range);
  if (variableUses.size() <= id.index)
    variableUses.resize(id.index + 1 + id.index / 2);
  if (kind == VariableKind::Local)
    cx->locals.push_back(id);
  Local local;
  local.variable = id;
  declareLocal(name, local, range);
  return id;
}

} // namespace dream::sema
