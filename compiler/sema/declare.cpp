// Collecting declarations: every module, type, function, property and variable gets its row and its name, before any
// type is resolved. Order does not matter afterwards, within a file or between files.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"
#include "llvm/Support/Path.h"

namespace dream::sema {

using namespace ast;

//===-- Rows --------------------------------------------------------------------------------------------------===//

VariableId Checker::newVariable(VariableKind kind, Name name, TypeId type, SourceRange range) {
  VariableId id(program.variables.size());
  program.variables.emplace_back();
  VariableInfo &info = program.variables.back();
  info.kind = kind;
  info.name = name;
  info.type = type;
  info.range = range;
  info.layer = program.layer;
  return id;
}

std::string Checker::qualify(FileContext &file, NominalId owner, Name name) {
  std::string prefix;
  if (owner.isValid())
    prefix = types.info(owner).qualifiedName;
  else if (modules[file.module.index].path != "core" || !file.isLibrary)
    prefix = modules[file.module.index].path;
  return prefix.empty() ? name.text().str() : prefix + "." + name.text().str();
}

FunctionId Checker::newFunction(FunctionKind kind, Name name, SourceRange range, FileContext &file, const Decl *decl,
                                NominalId owner) {
  FunctionId id(program.functions.size());
  program.functions.emplace_back();
  functionDetails.emplace_back();
  FunctionInfo &info = program.functions.back();
  info.kind = kind;
  info.name = name;
  info.range = range;
  info.owner = owner;
  info.decl = decl;
  info.layer = program.layer;
  info.isLibrary = file.isLibrary;
  FunctionDetail &detail = functionDetails.back();
  detail.file = &file;
  if (decl) {
    detail.modifiers = decl->modifiers;
    program.declaredFunctions[decl] = id;
  }
  return id;
}

/// A name for the object file: readable, and unique.
static std::string uniqueSymbol(llvm::StringMap<unsigned> &taken, std::string symbol) {
  unsigned count = taken[symbol]++;
  return count ? symbol + "$" + std::to_string(count) : symbol;
}

void Checker::giveSymbol(FunctionId function, llvm::StringRef prefix, llvm::StringRef name) {
  program[function].symbol = uniqueSymbol(symbolCounts, prefix.empty() ? name.str() : (prefix + "." + name).str());
}

//===-- Symbols -----------------------------------------------------------------------------------------------===//

bool Checker::addSymbol(SymbolTable &table, std::vector<Name> *order, Name name, Symbol symbol) {
  if (!name)
    return false;
  auto [place, isNew] = table.try_emplace(name, symbol);
  if (!isNew) {
    if (place->second.kind != Symbol::Kind::Poisoned && symbol.kind != Symbol::Kind::Poisoned)
      report(DiagId::DuplicateName, symbol.range).operator<<(name.text()).note(place->second.range, "the other one is here");
    return false;
  }
  if (order)
    order->push_back(name);
  return true;
}

void Checker::addFunction(SymbolTable &table, std::vector<Name> *order, Name name, FunctionId function) {
  if (!name)
    return;
  auto place = table.find(name);
  if (place != table.end() && place->second.kind == Symbol::Kind::Functions) {
    overloads[place->second.index].push_back(function);
    return;
  }
  Symbol symbol{Symbol::Kind::Functions, Visibility::Public, uint32_t(overloads.size()), program[function].range};
  if (addSymbol(table, order, name, symbol))
    overloads.push_back({function});
}

SymbolTable &Checker::membersOf(FileContext &file, NominalId owner, Extension *extension, std::vector<Name> *&order) {
  if (extension) {
    order = &extension->memberOrder;
    return extension->members;
  }
  if (owner.isValid()) {
    order = &detail(owner).memberOrder;
    return detail(owner).members;
  }
  order = nullptr;
  return modules[file.module.index].members;
}

Visibility Checker::visibilityOf(const Decl *decl, bool isMember) {
  if (decl->modifiers & ModPrivate)
    return isMember ? Visibility::Private : Visibility::Module;
  if (decl->modifiers & ModProtected)
    return isMember ? Visibility::Protected : Visibility::Module;
  if (decl->modifiers & ModInternal)
    return Visibility::Module;
  if (isMember || (decl->modifiers & (ModExport | ModPublic)))
    return Visibility::Public;
  return Visibility::Module;
}

llvm::StringRef modifierText(uint32_t bit) {
  switch (Modifier(bit)) {
  case ModPublic: return "public";
  case ModPrivate: return "private";
  case ModProtected: return "protected";
  case ModInternal: return "internal";
  case ModExport: return "export";
  case ModStatic: return "static";
  case ModAbstract: return "abstract";
  case ModVirtual: return "virtual";
  case ModOverride: return "override";
  case ModSealed: return "sealed";
  case ModExtern: return "extern";
  case ModUnsafe: return "unsafe";
  case ModOwn: return "own";
  case ModRc: return "rc";
  case ModGc: return "gc";
  }
  return "";
}

void Checker::refuseModifiers(const Decl *decl, uint32_t allowed, llvm::StringRef what) {
  for (uint32_t bit = 1; bit <= ModGc; bit <<= 1)
    if ((decl->modifiers & bit) && !(allowed & bit))
      report(DiagId::ModifierNotHere, decl->nameRange.isValid() ? decl->nameRange : decl->range) << modifierText(bit) << what;
}

/// The text of `[Name("text")]`; null data if there is no such attribute.
llvm::StringRef Checker::attributeText(const Decl *decl, llvm::StringRef name) {
  for (const Attribute *attribute : decl->attributes)
    if (attribute->path.size() == 1 && attribute->path[0].text() == name && attribute->args.size() == 1)
      if (auto *text = llvm::dyn_cast_or_null<StringLiteral>(attribute->args[0]->value))
        return text->value;
  return {};
}

void Checker::checkAttributes(const Decl *decl, bool isLibrary) {
  static constexpr llvm::StringRef known[] = {"Inline", "NoAlloc", "Pure", "Test", "Bench", "Align", "Packed", "CLayout", "GlobalAllocator", "Export", "Stack"};
  static constexpr llvm::StringRef later[] = {"NoGC", "NoEscape"};
  for (const Attribute *attribute : decl->attributes) {
    if (attribute->path.empty())
      continue;
    Name last = attribute->path.back();
    if (bool aligns = last.text() == "Align"; aligns || last.text() == "Packed" || last.text() == "CLayout") {
      auto *cls = llvm::dyn_cast<ClassDecl>(decl);
      bool fits = cls && (cls->classKind == ClassKind::Struct || (aligns && cls->classKind == ClassKind::Class));
      if (!fits)
        report(DiagId::AttributeNotHere, attribute->range) << last.text() << (aligns ? "a struct or class" : "a struct");
      continue;
    }
    if (last.text() == "Stack")
      if (auto *cls = llvm::dyn_cast<ClassDecl>(decl); !cls || cls->classKind == ClassKind::Interface)
        report(DiagId::AttributeNotHere, attribute->range) << last.text() << "a class or struct";
    if (last.text() == "Export") {
      auto *cls = llvm::dyn_cast<ClassDecl>(decl);
      if (!llvm::isa<FuncDecl>(decl) && !(cls && cls->classKind == ClassKind::Class))
        report(DiagId::AttributeNotHere, attribute->range) << last.text() << "a function or class";
    }
    if (last.text() == "GlobalAllocator" && !llvm::isa<VariableDecl>(decl))
      report(DiagId::AttributeNotHere, attribute->range) << last.text() << "a module variable";
    if (llvm::is_contained(known, last.text()))
      continue;
    if (isLibrary && (last.text() == "Runtime" || last.text() == "Intrinsic" || last.text() == "Unchecked" ||
                      last.text() == "View" || last.text() == "ReadOnlyView"))
      continue;
    if (llvm::is_contained(later, last.text())) {
      refuse(attribute->range, "the attribute '" + last.text() + "'");
      continue;
    }
    auto diag = report(DiagId::UnknownAttribute, attribute->range);
    diag << last.text();
    llvm::SmallVector<llvm::StringRef> all(known, std::end(known));
    all.append(later, std::end(later));
    if (llvm::StringRef better = didYouMean(last.text(), all); !better.empty())
      diag.note(attribute->range, "did you mean '" + better + "'?");
  }
}

//===-- Files -------------------------------------------------------------------------------------------------===//

void Checker::declareFiles(llvm::ArrayRef<const SourceFile *> list, bool isLibrary) {
  for (const SourceFile *source : list) {
    program.files.push_back(source);
    files.emplace_back();
    FileContext &file = files.back();
    file.file = source;
    file.isLibrary = isLibrary;
    std::string path;
    for (Name part : source->modulePath)
      path += (path.empty() ? "" : ".") + part.text().str();
    if (path.empty()) {
      path = llvm::sys::path::stem(sources.name(source->file)).str();
      if (path.empty() || path == "-")
        path = "main";
    }
    auto [place, isNew] = modulesByPath.try_emplace(path, ModuleId(modules.size()));
    if (isNew) {
      modules.emplace_back();
      modules.back().path = path;
      modules.back().isLibrary = isLibrary;
      if (isLibrary)
        libraryModules.push_back(place->second);
    }
    file.module = place->second;
    Name last = source->modulePath.empty() ? names.intern(path) : source->modulePath.back();
    file.qualifiers[last] = file.module;
    for (const Node *item : source->items)
      declareItem(file, item);
  }
}

void Checker::resolveImports(FileContext &file) {
  for (const ImportDecl *import : file.file->imports) {
    if (import->isC) {
      refuse(import->range, "importing a C header");
      continue;
    }
    std::string path;
    for (Name part : import->path)
      path += (path.empty() ? "" : ".") + part.text().str();
    auto found = modulesByPath.find(path);
    if (found == modulesByPath.end()) {
      if (path.empty())
        continue; // a syntax error was reported
      auto diag = report(DiagId::UnknownModule, import->range);
      diag << path;
      llvm::SmallVector<llvm::StringRef> candidates;
      for (const Module &module : modules)
        candidates.push_back(module.path);
      if (llvm::StringRef better = didYouMean(path, candidates); !better.empty())
        diag.note(import->range, "did you mean '" + better + "'?");
      brokenImports.insert(import->alias ? import->alias : import->path.back());
      file.hasBrokenImports = true;
      continue;
    }
    if (!llvm::is_contained(file.imports, found->second))
      file.imports.push_back(found->second);
    file.qualifiers[import->alias ? import->alias : import->path.back()] = found->second;
  }
}

void Checker::declareItem(FileContext &file, const Node *item) {
  if (llvm::isa<Stmt>(item)) {
    if (!llvm::isa<EmptyStmt, ErrorStmt>(item))
      topLevel.push_back({&file, llvm::cast<Stmt>(item)});
    return;
  }
  if (auto *func = llvm::dyn_cast<FuncDecl>(item))
    declareFunction(file, func, {}, nullptr, {});
  else if (llvm::isa<ClassDecl, EnumDecl>(item))
    declareType(file, llvm::cast<Decl>(item), {});
  else if (auto *extend = llvm::dyn_cast<ExtendDecl>(item))
    pendingExtends.push_back({extend, &file});
  else if (auto *vars = llvm::dyn_cast<VariablesDecl>(item))
    for (const VariableDecl *variable : vars->variables)
      declareVariable(file, variable, {}, nullptr, {});
}

//===-- Functions ---------------------------------------------------------------------------------------------===//

FunctionId Checker::declareFunction(FileContext &file, const FuncDecl *decl, NominalId owner, Extension *extension, TypeId extended) {
  FunctionId id;
  if (decl->typeParams.empty()) {
    id = makeFunction(file, decl, owner, extension, extended, {});
  } else {
    // The generic function itself is the instance whose arguments are its own parameters.
    LayerId definition = 0, around = program.layer;
    if (isInstance(around))
      definition = program[program.declaredFunctions.at(layers[around].definition, decl)].layer;
    llvm::SmallVector<TypeId, 2> args = ownParams(decl->typeParams, decl->wheres);
    LayerId layer = newLayer(decl->typeParams, args, around, definition);
    In in(*this, layer);
    describeParams(decl->typeParams, decl->wheres, file, owner, layer);
    id = makeFunction(file, decl, owner, extension, extended, args);
    detail(id).isGeneric = true;
    InLayer outside(program, around);
    program.declaredFunctions[decl] = id;
  }
  const FunctionInfo &info = program[id];
  std::vector<Name> *order;
  SymbolTable &table = membersOf(file, owner, extension, order);
  if (info.kind == FunctionKind::Constructor)
    detail(owner).constructors.push_back(id);
  else if (info.kind == FunctionKind::Operator) {
    bool isConversion = decl->funcKind == FuncKind::Conversion;
    if (extension)
      (isConversion ? extension->conversions : extension->operators).push_back(id);
    else if (owner.isValid())
      (isConversion ? detail(owner).conversions : detail(owner).operators).push_back(id);
    else
      report(DiagId::OperatorOutside, info.range);
  } else {
    addFunction(table, order, decl->name, id);
  }
  if (owner.isValid() && !extension && !info.isStatic)
    detail(owner).methods.push_back(id);
  return id;
}

/// The row of a function in the layer at hand: as written, or once more as an instance.
FunctionId Checker::makeFunction(FileContext &file, const FuncDecl *decl, NominalId owner, Extension *extensionTable, TypeId extended,
                                 llvm::ArrayRef<TypeId> args) {
  bool extension = extensionTable || extended.isValid();
  bool isMember = owner.isValid() || extension;
  checkAttributes(decl, file.isLibrary);

  FunctionKind kind = isMember ? FunctionKind::Method : FunctionKind::Plain;
  llvm::StringRef runtime = file.isLibrary ? attributeText(decl, "Runtime") : llvm::StringRef();
  llvm::StringRef intrinsic = file.isLibrary ? attributeText(decl, "Intrinsic") : llvm::StringRef();
  bool isConstructor = owner.isValid() && !extension && !decl->result && decl->funcKind == FuncKind::Plain &&
                       (decl->name == detail(owner).plainName || decl->name.text() == "init");
  if (isConstructor && (types.info(owner).kind == NominalKind::Interface || types.info(owner).kind == NominalKind::Enum)) {
    report(types.info(owner).kind == NominalKind::Enum ? DiagId::NotInEnum : DiagId::NotInInterface, decl->nameRange) << "a constructor";
    isConstructor = false;
  }
  if (decl->modifiers & ModExtern)
    kind = FunctionKind::Extern;
  else if (!runtime.empty())
    kind = FunctionKind::Runtime;
  else if (!intrinsic.empty())
    kind = FunctionKind::Intrinsic;
  else if (decl->funcKind != FuncKind::Plain)
    kind = FunctionKind::Operator;
  else if (isConstructor)
    kind = FunctionKind::Constructor;

  uint32_t allowed = ModPublic | ModPrivate | ModProtected | ModInternal | ModUnsafe;
  if (!isMember)
    allowed |= ModExport | ModExtern | ModStatic;
  else if (kind == FunctionKind::Operator)
    allowed |= ModStatic;
  else if (kind != FunctionKind::Constructor)
    allowed |= ModStatic | ModExtern;
  if (owner.isValid() && !extension && kind == FunctionKind::Method)
    allowed |= ModAbstract | ModVirtual | ModOverride | ModSealed;
  refuseModifiers(decl, allowed, kind == FunctionKind::Constructor ? "a constructor" : isMember ? "a method" : "a function");

  Name name = decl->name;
  FunctionId id = newFunction(kind, name, decl->nameRange.isValid() ? decl->nameRange : decl->range, file, decl, extension ? NominalId() : owner);
  FunctionInfo &info = program[id];
  FunctionDetail &detail = this->detail(id);
  detail.visibility = visibilityOf(decl, isMember);
  detail.args.assign(args.begin(), args.end());
  info.isVariadic = decl->isVariadic;
  info.extendedType = extended;
  info.isStatic = !isMember || (decl->modifiers & ModStatic) || kind == FunctionKind::Operator || kind == FunctionKind::Extern ||
                  ((kind == FunctionKind::Runtime || kind == FunctionKind::Intrinsic) && (decl->modifiers & ModStatic));

  bool inInterface = owner.isValid() && !extension && types.info(owner).kind == NominalKind::Interface;
  bool hasBody = decl->block || decl->expr;
  info.isAbstract = (kind == FunctionKind::Method && (decl->modifiers & ModAbstract)) ||
                    (inInterface && !hasBody && (kind == FunctionKind::Method || kind == FunctionKind::Operator));

  if (kind == FunctionKind::Extern || kind == FunctionKind::Runtime)
    info.symbol = runtime.empty() ? name.text().str() : runtime.str();
  else if (kind == FunctionKind::Intrinsic)
    info.symbol = intrinsic.str();
  else {
    std::string prefix = extension ? spell(extended) : owner.isValid() ? types.info(owner).qualifiedName : modules[file.module.index].path;
    giveSymbol(id, prefix, kind == FunctionKind::Operator ? ("operator " + name.text()).str() : name.text().str() + spellArgs(args));
  }

  if (args.empty() && !decl->wheres.empty())
    report(DiagId::WhereUnknown, decl->wheres.front()->paramRange) << decl->wheres.front()->param.text();
  bool isDispatched = (decl->modifiers & (ModVirtual | ModAbstract | ModOverride)) || info.isAbstract;
  if (!args.empty() && kind != FunctionKind::Plain && kind != FunctionKind::Method && kind != FunctionKind::Runtime && kind != FunctionKind::Intrinsic) {
    refuse(info.range, "type parameters of anything but functions and methods");
    detail.isPoisoned = true;
  } else if (!args.empty() && isDispatched) {
    report(DiagId::GenericNotVirtual, info.range) << name.text();
    detail.isPoisoned = true;
  } else if (decl->returnsRef) {
    refuse(info.range, "a function that returns a reference");
    detail.isPoisoned = true;
  }
  bool needsBody = kind != FunctionKind::Extern && kind != FunctionKind::Runtime && kind != FunctionKind::Intrinsic && !info.isAbstract;
  if (!detail.isPoisoned && needsBody && !hasBody && name) {
    auto diag = report(DiagId::MissingBody, info.range);
    diag << name.text();
    if (owner.isValid() && (decl->modifiers & ModVirtual))
      diag.note(info.range, "without a body it is 'abstract'");
    else if (!isMember)
      diag.note(info.range, "a C function is declared with 'extern'");
  } else if (!needsBody && hasBody) {
    report(DiagId::UnexpectedBody, info.range).operator<<(name.text()).operator<<(info.isAbstract ? "an abstract method" : "an extern function");
  }
  if (kind == FunctionKind::Method && (decl->modifiers & ModAbstract) && !inInterface && owner.isValid() && !types.info(owner).isAbstract)
    report(DiagId::AbstractInConcrete, info.range).operator<<(name.text()).operator<<(types.info(owner).name.text())
        .note(types.info(owner).range, "the class is declared here");
  if (owner.isValid() && !extension && !info.isStatic && this->detail(owner).isStatic)
    report(DiagId::InstanceInStatic, info.range).operator<<(name.text()).operator<<(types.info(owner).name.text());
  if (isMember && !info.isStatic) {
    TypeId self = extension ? extended : types.info(owner).type;
    info.thisVariable = newVariable(VariableKind::This, names.intern("this"), self, info.range);
    bool isStruct = types.kind(self) == TypeKind::Struct;
    program[info.thisVariable].mode = !isStruct ? PassMode::Value : kind == FunctionKind::Constructor ? PassMode::Ref : PassMode::In;
  }
  return id;
}

//===-- Properties and variables ------------------------------------------------------------------------------===//

void Checker::declareProperty(FileContext &file, const PropertyDecl *decl, NominalId owner, Extension *extension, TypeId extended) {
  std::vector<Name> *order;
  SymbolTable &table = membersOf(file, owner, extension, order);
  checkAttributes(decl, file.isLibrary);
  uint32_t allowed = ModPublic | ModPrivate | ModProtected | ModInternal | ModStatic | ModUnsafe;
  if (!extension)
    allowed |= ModAbstract | ModVirtual | ModOverride | ModSealed;
  refuseModifiers(decl, allowed, decl->isIndexer ? "an indexer" : "a property");

  PropertyId id(program.properties.size());
  program.properties.emplace_back();
  propertyDecls.push_back(decl);
  propertyFiles.push_back(&file);
  Visibility visibility = visibilityOf(decl, true);
  propertyVisibility.push_back(visibility);
  PropertyInfo &info = program.properties.back();
  info.name = decl->isIndexer ? names.intern("this[]") : decl->name;
  info.owner = extension ? NominalId() : owner;
  info.layer = program.layer;
  info.isStatic = decl->modifiers & ModStatic;
  info.isIndexer = decl->isIndexer;
  info.range = decl->nameRange.isValid() ? decl->nameRange : decl->range;

  bool inInterface = !extension && types.info(owner).kind == NominalKind::Interface;
  bool isAbstract = (decl->modifiers & ModAbstract);
  bool isAuto = !decl->isIndexer && !isAbstract && !inInterface && !decl->accessors.empty() &&
                llvm::all_of(decl->accessors, [](const AccessorDecl *accessor) { return !accessor->hasBody; });
  if (isAbstract && !inInterface && !types.info(owner).isAbstract)
    report(DiagId::AbstractInConcrete, info.range).operator<<(info.name.text()).operator<<(types.info(owner).name.text())
        .note(types.info(owner).range, "the class is declared here");
  bool hasFields = !extension && types.info(owner).kind != NominalKind::Enum;
  if (isAuto && !hasFields) {
    report(extension ? DiagId::NotInExtend : DiagId::NotInEnum, info.range) << "a property that needs a field";
    return;
  }
  if (isAuto) {
    info.backing = newVariable(info.isStatic ? VariableKind::Global : VariableKind::Field, info.name, {}, info.range);
    VariableInfo &backing = program[info.backing];
    backing.owner = owner;
    backing.init = decl->init;
    if (info.isStatic) {
      backing.qualifiedName = qualify(file, owner, info.name);
      globalRows[info.backing] = globals.size();
      globals.push_back(Global(info.backing, nullptr, &file, owner, decl->type));
    } else {
      detail(owner).ownFields.push_back(info.backing);
      fieldTypes[info.backing] = decl->type;
    }
  } else if (decl->init) {
    report(DiagId::PropertyInitialiser, decl->init->range) << info.name.text();
  }

  std::string prefix = (extension ? spell(extended) : types.info(owner).qualifiedName) + "." + (decl->isIndexer ? "item" : info.name.text().str());
  for (const AccessorDecl *accessor : decl->accessors) {
    bool isGet = accessor->accessorKind == AccessorKind::Get;
    FunctionId &slot = isGet ? info.getter : info.setter;
    if (slot.isValid()) {
      report(DiagId::DuplicateName, accessor->range).operator<<(isGet ? "get" : "set").note(program[slot].range, "the other one is here");
      continue;
    }
    slot = newFunction(isGet ? FunctionKind::Getter : FunctionKind::Setter, info.name, info.range, file, accessor, extension ? NominalId() : owner);
    FunctionInfo &function = program[slot];
    function.range = accessor->range.isValid() ? accessor->range : info.range;
    function.property = id;
    function.extendedType = extended;
    function.isStatic = info.isStatic;
    function.isAutoAccessor = isAuto;
    function.isAbstract = isAbstract || (inInterface && !accessor->hasBody);
    FunctionDetail &detail = this->detail(slot);
    detail.modifiers = decl->modifiers | accessor->modifiers;
    detail.isInitOnly = accessor->accessorKind == AccessorKind::Init;
    detail.visibility = (accessor->modifiers & (ModPrivate | ModProtected | ModInternal)) ? visibilityOf(accessor, true) : visibility;
    if (!isAuto && !function.isAbstract && !accessor->hasBody)
      report(DiagId::MissingBody, function.range) << (isGet ? "get" : "set");
    if (isAbstract && accessor->hasBody)
      report(DiagId::UnexpectedBody, function.range).operator<<(info.name.text()).operator<<("an abstract property");
    giveSymbol(slot, prefix, isGet ? "get" : "set");
    if (!info.isStatic) {
      TypeId self = extension ? extended : types.info(owner).type;
      program[slot].thisVariable = newVariable(VariableKind::This, names.intern("this"), self, info.range);
      if (types.kind(self) == TypeKind::Struct)
        program[program[slot].thisVariable].mode = PassMode::In;
      if (!extension)
        this->detail(owner).methods.push_back(slot);
    }
  }
  if (decl->isIndexer)
    (extension ? extension->indexers : detail(owner).indexers).push_back(id);
  else
    addSymbol(table, order, info.name, {Symbol::Kind::Property, visibility, id.index, info.range});
}

void Checker::declareVariable(FileContext &file, const VariableDecl *decl, NominalId owner, Extension *extension, TypeId extended) {
  std::vector<Name> *order;
  SymbolTable &table = membersOf(file, owner, extension, order);
  checkAttributes(decl, file.isLibrary);
  bool isConst = decl->keyword == VarKeyword::Const;
  bool isMember = owner.isValid() || extension;
  bool isStatic = isConst || !isMember || (decl->modifiers & ModStatic);
  uint32_t allowed = ModPublic | ModPrivate | ModProtected | ModInternal | ModUnsafe | ModStatic;
  if (!isMember)
    allowed |= ModExport;
  refuseModifiers(decl, allowed, isMember ? "a field" : "a module variable");
  if (decl->isRef)
    report(DiagId::RefVariableNotLocal, decl->range) << decl->name.text();
  if (extension && !isConst) {
    report(DiagId::NotInExtend, decl->nameRange) << "a field";
    return;
  }
  if (!extension && owner.isValid() && types.info(owner).kind == NominalKind::Interface && !isConst) {
    report(DiagId::NotInInterface, decl->nameRange) << "a field";
    return;
  }
  if (owner.isValid() && !isStatic && types.info(owner).kind == NominalKind::Enum) {
    report(DiagId::NotInEnum, decl->nameRange) << "a field";
    return;
  }
  if (owner.isValid() && !isStatic && detail(owner).isStatic)
    report(DiagId::InstanceInStatic, decl->nameRange).operator<<(decl->name.text()).operator<<(types.info(owner).name.text());

  VariableKind kind = isConst ? VariableKind::Constant : isStatic ? VariableKind::Global : VariableKind::Field;
  VariableId id = newVariable(kind, decl->name, {}, decl->nameRange.isValid() ? decl->nameRange : decl->range);
  VariableInfo &info = program[id];
  info.owner = extension ? NominalId() : owner;
  info.isReadOnly = decl->keyword == VarKeyword::Let || isConst;
  info.init = decl->init;
  program.declared[decl] = id;
  Visibility visibility = visibilityOf(decl, isMember);
  if (kind == VariableKind::Field) {
    detail(owner).ownFields.push_back(id);
    fieldDecls[id] = decl;
    fieldTypes[id] = decl->type;
  } else {
    info.qualifiedName = qualify(file, owner, decl->name);
    globalRows[id] = globals.size();
    globals.push_back(Global(id, decl, &file, owner, decl->type));
    if (isConst && !decl->init && decl->type)
      report(DiagId::ConstNeedsValue, info.range) << decl->name.text();
  }
  addSymbol(table, order, decl->name, {Symbol::Kind::Variable, visibility, id.index, info.range});
}

} // namespace dream::sema
