// Signatures: the types of parameters, results, properties and variables, resolved once every type has its row. Results
// and variables without a written type are worked out when somebody asks.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"
#include <map>

namespace dream::sema {

using namespace ast;

//===-- Functions ---------------------------------------------------------------------------------------------===//

/// Some `return` in there has a value. Nested functions have their own.
static bool returnsValue(const Stmt *stmt) {
  auto any = [](auto &&list) { return llvm::any_of(list, [](const Stmt *inner) { return inner && returnsValue(inner); }); };
  if (!stmt)
    return false;
  switch (stmt->kind) {
  case NodeKind::ReturnStmt: return llvm::cast<ReturnStmt>(stmt)->value;
  case NodeKind::BlockStmt: return any(llvm::cast<BlockStmt>(stmt)->statements);
  case NodeKind::LabeledStmt: return returnsValue(llvm::cast<LabeledStmt>(stmt)->body);
  case NodeKind::IfStmt: return returnsValue(llvm::cast<IfStmt>(stmt)->thenStmt) || returnsValue(llvm::cast<IfStmt>(stmt)->elseStmt);
  case NodeKind::WhileStmt: return returnsValue(llvm::cast<WhileStmt>(stmt)->body);
  case NodeKind::DoStmt: return returnsValue(llvm::cast<DoStmt>(stmt)->body);
  case NodeKind::ForStmt: return returnsValue(llvm::cast<ForStmt>(stmt)->body);
  case NodeKind::ForeachStmt: return returnsValue(llvm::cast<ForeachStmt>(stmt)->body);
  case NodeKind::UsingStmt: return returnsValue(llvm::cast<UsingStmt>(stmt)->body);
  case NodeKind::ArenaStmt: return returnsValue(llvm::cast<ArenaStmt>(stmt)->body);
  case NodeKind::ModeStmt: return returnsValue(llvm::cast<ModeStmt>(stmt)->body);
  case NodeKind::TryStmt: {
    auto *attempt = llvm::cast<TryStmt>(stmt);
    return returnsValue(attempt->body) || llvm::any_of(attempt->catches, [](const CatchClause *c) { return returnsValue(c->body); });
  }
  case NodeKind::SwitchStmt:
    return llvm::any_of(llvm::cast<SwitchStmt>(stmt)->sections, [&](const SwitchSection *section) { return any(section->statements); });
  default: // the rest holds no statements
    return false;
  }
}

void Checker::declareParams(FunctionId function, llvm::ArrayRef<const ParamDecl *> params) {
  FunctionDetail &detail = this->detail(function);
  NominalId scope = program[function].owner;
  bool sawDefault = false;
  for (const ParamDecl *param : params) {
    ParameterInfo row;
    row.variable = program.declared.get(param);
    if (!row.variable.isValid()) { // accessors of one indexer share their parameters
      TypeId type = param->type ? resolveType(param->type, *detail.file, scope) : types::Error;
      if (!checkStorable(type, param->type ? param->type->range : param->range, param->mode == ParamMode::Value ? "a parameter" : "a parameter by reference",
                         param->mode == ParamMode::Value))
        type = types::Error;
      row.variable = newVariable(VariableKind::Parameter, param->name, type, param->nameRange.isValid() ? param->nameRange : param->range);
      program[row.variable].mode = passMode(param->mode);
      program[row.variable].isReadOnly = param->mode == ParamMode::In;
      program[row.variable].isOwn = llvm::isa_and_nonnull<OwnType>(param->type);
      if (program[row.variable].isOwn && param->mode != ParamMode::Value)
        report(DiagId::OwnByReference, param->type->range) << param->name.text();
      paramTypes[row.variable] = param->type;
      if (isInstance(program.layer) && program[row.variable].isOwn && !mentionsParam(type) && !isMoveOnly(type))
        program[row.variable].isOwn = false; // `own T` of a type that is copied
      if (layoutsAreKnown)
        settleParameter(row.variable);
      program.declared[param] = row.variable;
      for (const Attribute *attribute : param->attributes)
        if (program[function].kind == FunctionKind::Extern && attribute->path.size() == 1 && attribute->path[0].text() == "NoEscape")
          row.isLent = true;
        else
          refuse(attribute->range, "an attribute of a parameter");
      for (const ParamDecl *other : params.take_while([&](const ParamDecl *other) { return other != param; }))
        if (param->name && other->name == param->name) {
          report(DiagId::DuplicateName, param->nameRange).operator<<(param->name.text()).note(other->nameRange, "the other one is here");
          break;
        }
    }
    row.defaultValue = param->defaultValue;
    row.isParams = param->isParams;
    TypeId type = program[row.variable].type;
    if (param->isParams) {
      if (param != params.back())
        report(DiagId::ParamsNotLast, param->range);
      if (type != types::Error && types.kind(type) != TypeKind::Array) {
        report(DiagId::ParamsNotArray, param->range) << spell(type);
        row.isParams = false;
      }
    }
    if (param->defaultValue) {
      sawDefault = true;
      if (param->mode != ParamMode::Value && param->mode != ParamMode::In)
        report(DiagId::DefaultOfRef, param->range) << param->name.text();
    } else if (sawDefault && !param->isParams) {
      report(DiagId::DefaultBeforeRequired, param->range) << param->name.text();
    }
    program[function].params.push_back(row);
  }
}

void Checker::needSignature(FunctionId function) {
  FunctionDetail &detail = this->detail(function);
  if (detail.signature != Progress::NotStarted)
    return;
  detail.signature = Progress::Running;
  In in(*this, program[function].layer);
  const Decl *decl = program[function].decl;
  NominalId scope = program[function].owner;
  if (auto *func = llvm::dyn_cast_or_null<FuncDecl>(decl)) {
    if (detail.isPoisoned) {
      program[function].result = types::Error;
    } else {
      declareParams(function, func->params);
      if (func->result) {
        program[function].result = resolveType(func->result, *detail.file, scope);
        // What a boxed struct's method looks into is a copy.
        bool ofInterface = scope.isValid() && types.info(scope).kind == NominalKind::Interface;
        if (ofInterface && types.isView(program[function].result) && !checkStorable(program[function].result, func->result->range, "the result of an interface's method"))
          program[function].result = types::Error;
      } else if (program[function].kind != FunctionKind::Constructor) {
        if (func->expr || (func->block && returnsValue(func->block))) {
          detail.infersResult = true;
          program[function].result = TypeId();
        }
      }
      if (program[function].kind == FunctionKind::Operator)
        checkOperatorShape(function);
      if (program[function].kind == FunctionKind::Extern) {
        // C would have to call back with the closure.
        auto isFunc = [&](TypeId type) {
          return type.isValid() && types.kind(types.kind(type) == TypeKind::Optional ? types[type].element : type) == TypeKind::Func;
        };
        for (size_t i = 0; i < func->params.size(); ++i)
          if (isFunc(program[program[function].params[i].variable].type))
            refuse(func->params[i]->range, "a callback from C");
        if (isFunc(program[function].result))
          refuse(func->result->range, "a callback from C");
        bindCPrototype(function);
      }
    }
  } else if (llvm::isa_and_nonnull<AccessorDecl>(decl)) {
    PropertyId property = program[function].property;
    declareParams(function, propertyDecls[property.index]->params);
    if (program[function].kind == FunctionKind::Getter) {
      program[function].result = propertyType(property);
    } else {
      ParameterInfo value;
      value.variable = newVariable(VariableKind::Parameter, names.intern("value"), propertyType(property), program[function].range);
      program[value.variable].isOwn = layoutsAreKnown && isMoveOnly(program[value.variable].type);
      program[function].params.push_back(value);
    }
  }
  this->detail(function).signature = Progress::Done;
}

/// Makes sure that the function's result type is known, checking its body where it is inferred.
void Checker::needResult(FunctionId function, SourceRange use) {
  needSignature(function);
  FunctionDetail &detail = this->detail(function);
  if (!detail.infersResult || program[function].result.isValid())
    return;
  if (FunctionId definition = definitionOf(function); definition.isValid() && definition != function) {
    needResult(definition, use);
    TypeId result = substitute(program[definition].result, program[function].layer);
    program[function].result = result;
    return;
  }
  if (detail.body == Progress::Running) {
    report(DiagId::RecursiveInference, program[function].range).operator<<(program[function].name.text())
        .note(use, "it is called here while its result is being worked out");
    program[function].result = types::Error;
    return;
  }
  checkBody(function);
  if (!program[function].result.isValid())
    program[function].result = types::Error;
}

void Checker::checkOperatorShape(FunctionId function) {
  const FunctionInfo &info = program[function];
  auto *decl = llvm::cast<FuncDecl>(info.decl);
  TypeId self = info.owner.isValid() ? types.info(info.owner).type : info.extendedType;
  if (!self.isValid())
    return;
  if (!decl->result) { // the parser has asked for it
    detail(function).isPoisoned = true;
    return;
  }
  if (info.owner.isValid() && types.info(info.owner).kind == NominalKind::Interface) {
    for (const ParameterInfo &param : info.params)
      if (program[param.variable].mode != PassMode::Value)
        report(DiagId::OperatorParams, program[param.variable].range) << info.name.text() << "parameters passed by value";
    return; // the operands are of the types that implement it
  }
  bool involvesSelf = info.result == self;
  for (const ParameterInfo &param : info.params) {
    const VariableInfo &variable = program[param.variable];
    if (variable.type == types::Error)
      return;
    if (variable.mode != PassMode::Value && variable.mode != PassMode::In)
      report(DiagId::OperatorParams, variable.range) << info.name.text() << "parameters passed by value";
  }
  if (decl->funcKind == FuncKind::Conversion) {
    if (info.params.size() != 1) {
      report(DiagId::OperatorParams, info.range) << info.name.text() << "one parameter";
      detail(function).isPoisoned = true;
    } else if (info.result != types::Error && (program[info.params[0].variable].type == self) == involvesSelf) {
      report(DiagId::OperatorOperand, info.range) << info.name.text() << spell(self);
    }
    return;
  }
  if (info.name.text() == "[]") {
    refuse(info.range, "operator []");
    detail(function).isPoisoned = true;
    return;
  }
  static constexpr llvm::StringRef unary[] = {"+", "-", "!", "~", "++", "--"};
  static constexpr llvm::StringRef binary[] = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", ">", "<=", ">="};
  llvm::StringRef op = info.name.text();
  bool fits = (info.params.size() == 1 && llvm::is_contained(unary, op)) || (info.params.size() == 2 && llvm::is_contained(binary, op));
  if (!fits) {
    if (llvm::is_contained(unary, op) || llvm::is_contained(binary, op)) // others are the parser's to refuse
      report(DiagId::OperatorParams, info.range) << op << (llvm::is_contained(binary, op) ? "two parameters" : "one parameter");
    detail(function).isPoisoned = true;
    return;
  }
  bool hasSelf = llvm::any_of(info.params, [&](const ParameterInfo &param) {
    TypeId type = program[param.variable].type;
    return type == self || (types.kind(type) == TypeKind::Optional && types[type].element == self);
  });
  if (!hasSelf)
    report(DiagId::OperatorOperand, info.range) << op << spell(self);
}

bool Checker::sameParams(FunctionId a, FunctionId b) {
  needSignature(a);
  needSignature(b);
  if (detail(a).isGeneric != detail(b).isGeneric)
    return false;
  const FunctionInfo &x = program[a], &y = program[b];
  if (x.params.size() != y.params.size())
    return false;
  for (size_t i = 0; i < x.params.size(); ++i) {
    const VariableInfo &p = program[x.params[i].variable], &q = program[y.params[i].variable];
    if (p.type != q.type || p.mode != q.mode || p.isOwn != q.isOwn)
      return false;
  }
  return true;
}

/// Overloads that no call could tell apart.
void Checker::checkDuplicateSignatures() {
  auto checkSet = [&](llvm::ArrayRef<FunctionId> set) {
    if (set.size() < 2)
      return;
    std::map<std::vector<uint32_t>, FunctionId> seen;
    for (FunctionId function : set) {
      const FunctionInfo &info = program[function];
      if (detail(function).isPoisoned || isInstance(info.layer))
        continue;
      std::vector<uint32_t> key;
      for (char c : info.kind == FunctionKind::Operator ? info.name.text() : llvm::StringRef())
        key.push_back(c);
      if (info.kind == FunctionKind::Operator && llvm::cast<FuncDecl>(info.decl)->funcKind == FuncKind::Conversion)
        key.push_back(info.result.index);
      bool hasErrors = false;
      for (const ParameterInfo &param : info.params) {
        const VariableInfo &variable = program[param.variable];
        hasErrors |= variable.type == types::Error;
        key.push_back(variable.type.index);
        key.push_back(variable.mode == PassMode::Value ? 0 : 1 + unsigned(variable.mode == PassMode::In));
      }
      if (hasErrors)
        continue;
      auto [place, isNew] = seen.try_emplace(key, function);
      if (!isNew && (!info.decl || detail(function).file->module == detail(place->second).file->module))
        report(DiagId::DuplicateSignature, info.range).operator<<(signature(function))
            .note(program[place->second].range, "the other one is here");
    }
  };
  for (auto &set : overloads)
    checkSet(set);
  for (TypeDetail &detail : typeDetails) {
    checkSet(detail.constructors);
    checkSet(detail.operators);
    checkSet(detail.conversions);
  }
}

//===-- Variables ---------------------------------------------------------------------------------------------===//

/// The type of a module variable, static, constant or field; where none is written, of its initialiser.
void Checker::needVariableType(VariableId variable) {
  if (program[variable].type.isValid())
    return;
  auto row = globalRows.find(variable);
  bool isField = row == globalRows.end();
  NominalId owner = program[variable].owner;
  FileContext *file = isField ? detail(owner).file : globals[row->second].file;
  const TypeNode *node = isField ? fieldTypes.lookup(variable) : globals[row->second].typeNode;
  NominalId scope = isField ? owner : globals[row->second].owner;
  In in(*this, program[variable].layer);
  if (node) {
    TypeId type = resolveType(node, *file, scope);
    program[variable].type = checkStorable(type, node->range, isField ? "a field" : "a module variable") ? type : types::Error;
    return;
  }
  const Expr *init = program[variable].init;
  if (!init) {
    program[variable].type = types::Error; // the parser has asked for a value
    return;
  }
  if (!variablesRunning.insert(variable).second) {
    report(DiagId::RecursiveInitialiser, program[variable].range) << program[variable].name.text();
    program[variable].type = types::Error;
    return;
  }
  checkInitialiser(variable);
  variablesRunning.erase(variable);
}

//===-- Extensions --------------------------------------------------------------------------------------------===//

void Checker::declareExtend(const PendingExtend &pending) {
  const ExtendDecl *decl = pending.decl;
  if (!decl->typeParams.empty())
    return declareGenericExtend(pending);
  if (!decl->wheres.empty())
    report(DiagId::WhereUnknown, decl->wheres.front()->paramRange) << decl->wheres.front()->param.text();
  TypeId type = resolveType(decl->extended, *pending.file, {});
  if (type == types::Error)
    return;
  if (type == types::Void || types.kind(type) == TypeKind::Optional || types.kind(type) == TypeKind::Pointer) {
    report(DiagId::CannotExtend, decl->extended->range) << spell(type);
    return;
  }
  std::unique_ptr<Extension> &extension = extensions[type];
  if (!extension)
    extension = std::make_unique<Extension>();
  declareMembers(*pending.file, {}, decl->members, extension.get(), type);
  for (const TypeNode *base : decl->bases) {
    TypeId interface = resolveBase(base, decl, *pending.file, {}, {});
    if (interface == types::Error)
      continue;
    if (types.kind(interface) != TypeKind::Interface || types.kind(type) == TypeKind::Interface) {
      report(DiagId::CannotInherit, base->range) << spell(interface)
          << (types.kind(type) == TypeKind::Interface ? "an interface says itself what it inherits" : "'extend' adds interfaces only");
      continue;
    }
    for (TypeId inherited : types.info(interface).interfaces)
      addInterface(type, inherited, base->range, true);
    addInterface(type, interface, base->range, false);
  }
}

/// Makes the type, and what derives from it, implement an interface.
void Checker::addInterface(TypeId type, TypeId interface, SourceRange range, bool isInherited) {
  if (conforms(type, interface)) {
    if (!isInherited)
      report(DiagId::RepeatedInterface, range) << spell(interface);
    return;
  }
  if (!isInherited)
    typesWithExtensions.erase(type); // It may meet the constraints of more of them now.
  if (!isNominal(types.kind(type))) {
    addedInterfaces[type].push_back(interface);
    addedOrder.push_back({type, interface, range});
    return;
  }
  llvm::SmallVector<NominalId, 4> work{types[type].nominal};
  while (!work.empty()) {
    NominalId at = work.pop_back_val();
    if (!llvm::is_contained(types.info(at).interfaces, interface))
      types.info(at).interfaces.push_back(interface);
    work.append(derived[at.index].begin(), derived[at.index].end());
  }
}

//===-- The library -------------------------------------------------------------------------------------------===//

void Checker::findKnownLibrary() {
  static constexpr std::pair<llvm::StringRef, bool> paths[] = {
#define KNOWN_TYPE(NAME, PATH) {PATH, true},
#define KNOWN_FUNCTION(NAME, PATH) {PATH, false},
#include "compiler/sema/known_library.def"
  };
  program.knownTypes.resize(size_t(Known::Count));
  program.knownFunctions.resize(size_t(Known::Count));
  if (libraryModules.empty())
    return;
  auto find = [&](llvm::StringRef path, Symbol::Kind kind) -> Symbol {
    auto [first, rest] = path.split('.');
    auto in = [&](const SymbolTable &table, llvm::StringRef name) {
      auto found = table.find(names.intern(name));
      return found != table.end() && found->second.kind == kind ? found->second : Symbol();
    };
    for (ModuleId module : libraryModules) {
      SymbolTable &table = modules[module.index].members;
      if (rest.empty()) {
        if (Symbol symbol = in(table, first))
          return symbol;
        continue;
      }
      if (modules[module.index].path == first)
        if (Symbol symbol = in(table, rest))
          return symbol;
      auto found = table.find(names.intern(first));
      if (found != table.end() && found->second.kind == Symbol::Kind::Type)
        if (Symbol symbol = in(detail(NominalId(found->second.index)).members, rest))
          return symbol;
    }
    return {};
  };
  for (size_t i = 0; i < std::size(paths); ++i) {
    auto [path, isType] = paths[i];
    Symbol symbol = find(path, isType ? Symbol::Kind::Type : Symbol::Kind::Functions);
    if (!symbol)
      report(DiagId::BrokenLibrary, SourceRange()) << path;
    else if (isType)
      program.knownTypes[i] = types.info(NominalId(symbol.index)).type;
    else
      program.knownFunctions[i] = overloads[symbol.index].front();
  }
}

} // namespace dream::sema
