// What `[Export]` makes known to C: functions, and of a class what makes and releases its objects and its methods. C sees
// numbers, bools, characters, pointers, plain enums, strings and exported classes; a class' method with anything else in its
// signature is not exported, a function with such a signature is an error.
#include "compiler/sema/checker.h"

namespace dream::sema {

using namespace ast;

static const Attribute *exportOf(const Decl *decl) {
  for (const Attribute *attribute : decl->attributes)
    if (attribute->path.size() == 1 && attribute->path[0].text() == "Export")
      return attribute;
  return nullptr;
}

bool Checker::crossesToC(TypeId type) const {
  while (types.kind(type) == TypeKind::Optional && types.isCounted(type))
    type = types[type].element;
  if (types.kind(type) == TypeKind::Class)
    return llvm::any_of(program.exports, [&](const ExportedFunction &one) { return one.type == type; });
  return type == types::String || type == types::Error || types.isScalar(type);
}

/// The first part of a signature that C cannot see; the result Void if there is none.
TypeId Checker::hiddenFromC(FunctionId function) const {
  const FunctionInfo &info = program[function];
  for (const ParameterInfo &param : info.params) {
    const VariableInfo &variable = program[param.variable];
    if (variable.mode != PassMode::Value || !crossesToC(variable.type))
      return variable.type;
  }
  return info.result == types::Void || crossesToC(info.result) ? types::Void : info.result;
}

void Checker::exportFunction(std::string symbol, SourceRange range, ExportedFunction row) {
  for (const ExportedFunction &other : program.exports)
    if (other.symbol == symbol)
      return refuse(range, "a second export of the name '" + symbol + "'");
  row.symbol = std::move(symbol);
  program.exports.push_back(std::move(row));
}

void Checker::findExports() {
  using Kind = ExportedFunction::Kind;
  struct Class {
    const ClassDecl *decl;
    TypeId type;
    std::string name;
  };
  std::vector<Class> classes;
  // Classes first: functions may take and return them.
  for (uint32_t i = 0; i < types.nominalCount(); ++i) {
    auto *decl = llvm::dyn_cast_or_null<ClassDecl>(detail(NominalId(i)).decl);
    const Attribute *attribute = decl ? exportOf(decl) : nullptr;
    const NominalInfo &info = types.info(NominalId(i));
    if (!attribute || info.kind != NominalKind::Class)
      continue;
    if (info.isOwn || !decl->typeParams.empty()) {
      refuse(decl->nameRange, info.isOwn ? "exporting a class whose objects move" : "exporting a generic class");
      continue;
    }
    llvm::StringRef given = attributeText(decl, "Export");
    classes.push_back({decl, info.type, given.empty() ? info.name.text().str() : given.str()});
    exportFunction(classes.back().name + "_retain", decl->nameRange, {Kind::Retain, info.type, {}, {}});
    exportFunction(classes.back().name + "_release", decl->nameRange, {Kind::Release, info.type, {}, {}});
  }
  size_t functions = program.functions.size();
  for (uint32_t i = 0; i < functions; ++i) {
    auto *decl = llvm::dyn_cast_or_null<FuncDecl>(program.functions[i].decl);
    if (!decl || functionDetails[i].file->isLibrary || functionDetails[i].isPoisoned)
      continue;
    const FunctionInfo &info = program.functions[i];
    FunctionId id(i);
    const Attribute *attribute = exportOf(decl);
    auto owner = llvm::find_if(classes, [&](const Class &one) { return info.owner.isValid() && types.info(info.owner).type == one.type; });
    bool isMember = owner != classes.end() && functionDetails[i].visibility == Visibility::Public && !functionDetails[i].isGeneric;
    if (!attribute && !isMember)
      continue;
    if (functionDetails[i].isGeneric) {
      refuse(info.range, "exporting a generic function");
      continue;
    }
    needResult(id, info.range);
    TypeId hidden = hiddenFromC(id);
    if (attribute) {
      bool isFunction = info.kind == FunctionKind::Plain || (info.kind == FunctionKind::Method && info.isStatic);
      if (!isFunction)
        report(DiagId::AttributeNotHere, attribute->range) << "Export" << "a function without 'this', or a class";
      else if (hidden != types::Void)
        refuse(info.range, "'" + types.spell(hidden) + "' in an exported function");
      else {
        llvm::StringRef given = attributeText(decl, "Export");
        exportFunction(given.empty() ? info.name.text().str() : given.str(), info.range, {Kind::Call, {}, {}, id});
      }
      continue;
    }
    if (hidden != types::Void || info.isAbstract)
      continue;
    if (info.kind == FunctionKind::Constructor) {
      if (!types.info(info.owner).isAbstract)
        exportFunction(owner->name + "_new", info.range, {Kind::New, owner->type, {}, id});
    } else if (info.kind == FunctionKind::Method)
      exportFunction(owner->name + "_" + info.name.text().str(), info.range, {Kind::Call, {}, {}, id});
  }
  for (const Class &one : classes) {
    bool hasConstructor = llvm::any_of(program.functions, [&](const FunctionInfo &info) {
      return info.kind == FunctionKind::Constructor && types.info(info.owner).type == one.type;
    });
    if (!hasConstructor && !types.info(one.type).isAbstract)
      exportFunction(one.name + "_new", one.decl->nameRange, {Kind::New, one.type, {}, {}});
  }
}

} // namespace dream::sema
