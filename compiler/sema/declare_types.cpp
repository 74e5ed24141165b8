// Declaring types: the rows of classes, structs, interfaces and enums, as written and as instances, and their members.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

void Checker::declareType(FileContext &file, const Decl *decl, NominalId outer) {
  std::vector<Name> *order;
  SymbolTable &table = membersOf(file, outer, nullptr, order);
  Visibility visibility = visibilityOf(decl, outer.isValid());
  auto poison = [&](const llvm::Twine &what) {
    refuse(decl->nameRange.isValid() ? decl->nameRange : decl->range, what);
    addSymbol(table, order, decl->name, {Symbol::Kind::Poisoned, visibility, 0, decl->nameRange});
  };
  if (decl->modifiers & (ModRc | ModGc) && llvm::isa<ClassDecl>(decl))
    return poison(llvm::Twine("an '") + modifierText(decl->modifiers & (ModRc | ModGc)) + "' type");
  List<const TypeParamDecl *> params = paramsOf(decl);
  if (params.empty()) {
    declareNominal(file, decl, outer, {}, false);
    return;
  }
  // A generic type's own declaration is the instance whose arguments are its parameters.
  LayerId definition = 0;
  if (isInstance(program.layer))
    definition = detail(declaredTypes.at(layers[program.layer].definition, decl)).layer;
  llvm::SmallVector<TypeId, 2> args = ownParams(params, wheresOf(decl));
  LayerId layer = newLayer(params, args, program.layer, definition);
  LayerId around = program.layer;
  In in(*this, layer);
  describeParams(params, wheresOf(decl), file, outer, layer);
  NominalId id = declareNominal(file, decl, outer, args, false);
  detail(id).generic = id;
  InLayer outside(program, around);
  declaredTypes[decl] = id;
}

/// Declares a class, struct, interface or enum in the layer at hand: as written, or once more as an instance.
NominalId Checker::declareNominal(FileContext &file, const Decl *decl, NominalId outer, llvm::ArrayRef<TypeId> args, bool isTypeInstance) {
  if (auto *cls = llvm::dyn_cast<ClassDecl>(decl))
    return declareClass(file, cls, outer, args, isTypeInstance);
  return declareEnum(file, llvm::cast<EnumDecl>(decl), outer, args, isTypeInstance);
}

/// The row of a nominal type, and its name where it was declared.
NominalId Checker::newNominal(NominalKind kind, FileContext &file, const Decl *decl, NominalId outer, llvm::ArrayRef<TypeId> args,
                              bool isTypeInstance) {
  Visibility visibility = visibilityOf(decl, outer.isValid());
  llvm::ArrayRef<TypeId> shown = args;
  if (args == llvm::ArrayRef<TypeId>(ownParams(paramsOf(decl))))
    shown = args.take_front(typeParamsOf(decl).size()); // associated types are not written
  Name name = shown.empty() ? decl->name : names.intern(decl->name.text().str() + spellArgs(shown));
  NominalId id = types.addNominal(kind, name);
  typeDetails.resize(types.nominalCount());
  derived.resize(types.nominalCount());
  NominalInfo &info = types.info(id);
  info.qualifiedName = qualify(file, outer, name);
  info.range = decl->nameRange;
  applyLayout(info, decl, args, file.isLibrary);
  TypeDetail &detail = this->detail(id);
  detail.decl = decl;
  detail.file = &file;
  detail.outer = outer;
  detail.visibility = visibility;
  detail.layer = program.layer;
  detail.plainName = decl->name;
  detail.args.assign(args.begin(), args.end());
  if (outer.isValid()) {
    detail.depth = this->detail(outer).depth;
    detail.weight = this->detail(outer).weight;
  }
  for (TypeId arg : args)
    detail.depth = std::max(detail.depth, nesting(arg, detail.weight) + 1);
  declaredTypes[decl] = id;
  if (!isTypeInstance) {
    std::vector<Name> *order;
    SymbolTable &table = membersOf(file, outer, nullptr, order);
    addSymbol(table, order, decl->name, {Symbol::Kind::Type, visibility, id.index, decl->nameRange});
  }
  return id;
}

/// What attributes say of how values of the type lie in memory.
void Checker::applyLayout(NominalInfo &info, const Decl *decl, llvm::ArrayRef<TypeId> args, bool isLibrary) {
  for (const Attribute *attribute : decl->attributes) {
    llvm::StringRef name = attribute->path.size() == 1 ? attribute->path[0].text() : "";
    if (name == "Packed" && info.kind == NominalKind::Struct) {
      info.isPacked = true;
    } else if (name == "CLayout" && info.kind == NominalKind::Struct) {
      info.isCLayout = true;
    } else if (name == "Stack" && (info.kind == NominalKind::Struct || info.kind == NominalKind::Class)) {
      info.isOnStack = true;
    } else if (name == "Align") {
      auto *number = attribute->args.size() == 1 ? llvm::dyn_cast_or_null<IntLiteral>(attribute->args[0]->value) : nullptr;
      if (!number || !llvm::isPowerOf2_64(number->value) || number->value > kMostAlign)
        report(DiagId::BadAlign, attribute->range);
      else
        info.align = uint32_t(number->value);
    } else if (isLibrary && name.ends_with("View") && args.size() == 1) {
      info.viewOf = args[0];
      info.isReadOnlyView = name == "ReadOnlyView";
    }
  }
}

NominalId Checker::declareClass(FileContext &file, const ClassDecl *cls, NominalId outer, llvm::ArrayRef<TypeId> args, bool isTypeInstance) {
  checkAttributes(cls, file.isLibrary);
  if (args.empty() && !cls->wheres.empty())
    report(DiagId::WhereUnknown, cls->wheres.front()->paramRange) << cls->wheres.front()->param.text();
  static constexpr llvm::StringRef words[] = {"a class", "a struct", "an interface"};
  uint32_t allowed = ModPublic | ModPrivate | ModProtected | ModInternal | ModExport | ModUnsafe;
  if (cls->classKind == ClassKind::Class)
    allowed |= ModAbstract | ModSealed | ModStatic;
  if (cls->classKind != ClassKind::Interface)
    allowed |= ModOwn;
  refuseModifiers(cls, allowed, words[unsigned(cls->classKind)]);

  static constexpr NominalKind kinds[] = {NominalKind::Class, NominalKind::Struct, NominalKind::Interface};
  NominalId id = newNominal(kinds[unsigned(cls->classKind)], file, cls, outer, args, isTypeInstance);
  NominalInfo &info = types.info(id);
  info.isAbstract = (cls->modifiers & (ModAbstract | ModStatic)) || info.kind == NominalKind::Interface;
  info.isSealed = cls->modifiers & (ModSealed | ModStatic);
  info.isOwn = cls->modifiers & ModOwn;
  detail(id).isStatic = cls->modifiers & ModStatic;
  declareMembers(file, id, cls->members, nullptr, {});
  if (isInstance(program.layer))
    addDefaultConstructor(id);
  return id;
}

/// An enum: its variants are constants of its type.
NominalId Checker::declareEnum(FileContext &file, const EnumDecl *decl, NominalId outer, llvm::ArrayRef<TypeId> args, bool isTypeInstance) {
  checkAttributes(decl, file.isLibrary);
  refuseModifiers(decl, ModPublic | ModPrivate | ModProtected | ModInternal | ModExport, "an enum");
  NominalId id = newNominal(NominalKind::Enum, file, decl, outer, args, isTypeInstance);
  NominalInfo &info = types.info(id);
  info.isSealed = true;
  info.underlying = types::Int32;
  TypeDetail &detail = this->detail(id);
  bool hasPayload = isPayloadEnum(info.type);
  unsigned number = 0;
  for (const EnumVariantDecl *variant : decl->variants) {
    VariableId constant = newVariable(hasPayload ? VariableKind::Variant : VariableKind::Constant, variant->name, info.type, variant->nameRange);
    program[constant].fieldIndex = number++;
    program[constant].owner = id;
    program[constant].isReadOnly = true;
    program[constant].init = variant->value;
    program.declared[variant] = constant;
    addSymbol(detail.members, &detail.memberOrder, variant->name, {Symbol::Kind::Variable, Visibility::Public, constant.index, variant->nameRange});
  }
  declareMembers(file, id, decl->members, nullptr, {});
  return id;
}

void Checker::declareMembers(FileContext &file, NominalId owner, llvm::ArrayRef<const Decl *> members, Extension *extension,
                             TypeId extended) {
  for (const Decl *member : members) {
    if (auto *func = llvm::dyn_cast<FuncDecl>(member))
      declareFunction(file, func, owner, extension, extended);
    else if (auto *property = llvm::dyn_cast<PropertyDecl>(member))
      declareProperty(file, property, owner, extension, extended);
    else if (auto *vars = llvm::dyn_cast<VariablesDecl>(member))
      for (const VariableDecl *variable : vars->variables)
        declareVariable(file, variable, owner, extension, extended);
    else if (llvm::isa<ClassDecl, EnumDecl>(member)) {
      if (extension)
        report(DiagId::NotInExtend, member->nameRange) << "a nested type";
      else
        declareType(file, member, owner);
    } else if (auto *destructor = llvm::dyn_cast<DestructorDecl>(member)) {
      if (extension || types.info(owner).kind == NominalKind::Interface || types.info(owner).kind == NominalKind::Enum) {
        report(extension ? DiagId::NotInExtend : types.info(owner).kind == NominalKind::Enum ? DiagId::NotInEnum : DiagId::NotInInterface, member->range)
            << "a destructor";
        continue;
      }
      NominalInfo &info = types.info(owner);
      if (Name plain = detail(owner).plainName; destructor->name && destructor->name != plain)
        report(DiagId::DestructorName, member->nameRange).operator<<(destructor->name.text()).operator<<(plain.text())
            .fix(member->nameRange, plain.text());
      if (info.hasDestructor) {
        report(DiagId::DuplicateName, member->range) << ("~" + info.name.text());
        continue;
      }
      info.hasDestructor = true;
      FunctionId id = newFunction(FunctionKind::Destructor, names.intern(("~" + info.name.text()).str()),
                                  destructor->nameRange.isValid() ? destructor->nameRange : destructor->range, file, member, owner);
      giveSymbol(id, info.qualifiedName, program[id].name.text());
      program[id].thisVariable = newVariable(VariableKind::This, names.intern("this"), info.type, destructor->range);
      detail(owner).destructor = id;
      detail(owner).methods.push_back(id);
    } else if (llvm::isa<AssocTypeDecl>(member)) {
      auto *assoc = llvm::cast<AssocTypeDecl>(member);
      bool isInterface = owner.isValid() && types.info(owner).kind == NominalKind::Interface;
      if (!assoc->value && !isInterface)
        report(DiagId::AssocWithoutType, member->range) << assoc->name.text();
      if (!isInterface)
        for (const TypeNode *bound : assoc->bounds)
          report(DiagId::AssocBoundHere, bound->range) << assoc->name.text();
    }
  }
}

} // namespace dream::sema
