// Files, declarations, and how all that is printed is laid out.
#include "compiler/syntax/printer_impl.h"
#include "llvm/ADT/StringSet.h"

namespace dream::ast {

// ---- Layout and names -----------------------------------------------------------------------------------------------

void Printer::doc(llvm::StringRef text) {
  if (text.empty())
    return;
  while (true) {
    auto [line, rest] = text.split('\n');
    out << "///" << (line.empty() ? "" : " ") << line;
    newline();
    if (line.size() == text.size())
      return;
    text = rest;
  }
}

/// Words that somewhere are no names get their `@`, wherever they stand.
static bool needsAt(llvm::StringRef text) {
  static const llvm::StringSet<> words = {
#define KEYWORD(WORD) #WORD,
#define BUILTIN(WORD, TYPE) #WORD,
#define FOREIGN(WORD) #WORD,
#include "compiler/syntax/tokens.def"
      "and", "or", "not", "when", "yield", "weak", "type", "rc", "gc", "params", "implicit", "explicit", "c", "_"};
  return words.contains(text);
}

void Printer::name(Name name) { out << (needsAt(name.text()) ? "@" : "") << name.text(); }

void Printer::path(List<Name> names) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (i)
      out << '.';
    name(names[i]);
  }
}

// ---- Files ----------------------------------------------------------------------------------------------------------

void Printer::write(const SourceFile &file) {
  if (!file.modulePath.empty()) {
    out << "module ";
    path(file.modulePath);
    out << ";\n";
  }
  for (const ImportDecl *import : file.imports) {
    decl(import);
    out << '\n';
  }
  for (const Node *item : file.items) {
    if (auto *declaration = llvm::dyn_cast<Decl>(item))
      decl(declaration);
    else
      node(item);
    out << '\n';
  }
}

// ---- Declarations ---------------------------------------------------------------------------------------------------

void Printer::attributes(List<const Attribute *> list, bool onLines) {
  for (const Attribute *attribute : list) {
    out << '[';
    node(attribute);
    out << ']';
    if (onLines)
      newline();
    else
      out << ' ';
  }
}

void Printer::write(const Attribute &attribute) {
  path(attribute.path);
  if (!attribute.hasArgs)
    return;
  out << '(';
  args(attribute.args);
  out << ')';
}

/// What stands before a declaration's own words.
void Printer::head(const Decl &decl) {
  doc(decl.doc);
  attributes(decl.attributes, true);
  if (decl.modifiers)
    out << spellModifiers(decl.modifiers) << ' ';
}

void Printer::node(const Node *node) {
  switch (node->kind) {
#define NODE(CLASS, BASE)                                                                                              \
  case NodeKind::CLASS:                                                                                                \
    write(*llvm::cast<CLASS>(node));                                                                                   \
    return;
#include "compiler/syntax/node_kinds.def"
  }
}

/// A declaration in a list of them.
void Printer::decl(const Decl *decl) {
  head(*decl);
  node(decl);
  if (llvm::isa<VariablesDecl>(decl))
    out << ';';
}

void Printer::write(const ImportDecl &import) {
  out << "import ";
  if (import.isC) {
    out << "c \"";
    escaped(import.header, false);
    out << '"';
  } else {
    path(import.path);
  }
  if (import.alias) {
    out << " as ";
    name(import.alias);
  }
  out << ';';
}

void Printer::write(const ExtendDecl &extend) {
  out << "extend";
  typeParams(extend.typeParams);
  out << ' ';
  type(extend.extended);
  bases(extend.bases);
  wheres(extend.wheres);
  members(extend.members);
}

void Printer::write(const DestructorDecl &destructor) {
  out << '~';
  name(destructor.name);
  out << "() ";
  stmt(destructor.body);
}

void Printer::write(const AssocTypeDecl &assoc) {
  out << "type ";
  name(assoc.name);
  bases(assoc.bounds);
  if (assoc.value) {
    out << " = ";
    type(assoc.value);
  }
  out << ';';
}

void Printer::typeParams(List<const TypeParamDecl *> list) {
  if (list.empty())
    return;
  out << '<';
  commas(list, [&](const TypeParamDecl *param) { node(param); });
  out << '>';
}

void Printer::write(const TypeParamDecl &param) {
  if (param.constType) {
    out << "const ";
    type(param.constType);
    out << ' ';
  }
  name(param.name);
}

void Printer::bases(List<const TypeNode *> list) {
  if (list.empty())
    return;
  out << " : ";
  types(list);
}

void Printer::wheres(List<const WhereClause *> list) {
  for (const WhereClause *where : list) {
    out << ' ';
    node(where);
  }
}

void Printer::write(const WhereClause &where) {
  out << "where ";
  name(where.param);
  out << " : ";
  commas(where.bounds, [&](const WhereClause::Bound &bound) {
    switch (bound.kind) {
    case WhereClause::BoundKind::Type: type(bound.type); break;
    case WhereClause::BoundKind::Class: out << "class"; break;
    case WhereClause::BoundKind::Struct: out << "struct"; break;
    case WhereClause::BoundKind::Own: out << "own"; break;
    case WhereClause::BoundKind::New: out << "new()"; break;
    }
  });
}

void Printer::members(List<const Decl *> list) {
  out << " {";
  ++depth;
  for (const Decl *member : list) {
    newline();
    decl(member);
  }
  --depth;
  newline();
  out << '}';
}

void Printer::functionBody(bool hasBody, const BlockStmt *bodyBlock, const Expr *bodyExpr) {
  if (!hasBody) {
    out << ';';
  } else if (bodyBlock) {
    out << ' ';
    stmt(bodyBlock);
  } else {
    out << " => ";
    expr(bodyExpr);
    out << ';';
  }
}

void Printer::write(const FuncDecl &func) {
  out << "func ";
  if (func.funcKind == FuncKind::Conversion) {
    out << func.name.text() << " operator ";
    type(func.result);
  } else {
    if (func.result) {
      out << (func.returnsRef ? "ref " : "");
      type(func.result);
      out << ' ';
    }
    if (func.funcKind == FuncKind::Operator)
      out << "operator " << func.name.text();
    else
      name(func.name);
  }
  typeParams(func.typeParams);
  params(func.params, func.isVariadic);
  if (func.callsBase || func.callsThis) {
    out << (func.callsBase ? " : base(" : " : this(");
    args(func.chainArgs);
    out << ')';
  }
  wheres(func.wheres);
  functionBody(func.hasBody, func.block, func.expr);
}

void Printer::write(const ParamDecl &param) {
  if (!param.doc.empty()) {
    newline();
    doc(param.doc);
  }
  attributes(param.attributes, false);
  if (param.isParams)
    out << "params ";
  if (param.mode != ParamMode::Value)
    out << spelling(param.mode) << ' ';
  if (param.type) {
    type(param.type);
    out << ' ';
  }
  name(param.name);
  if (param.defaultValue) {
    out << " = ";
    expr(param.defaultValue);
  }
}

void Printer::params(List<const ParamDecl *> list, bool isVariadic) {
  out << '(';
  commas(list, [&](const ParamDecl *param) { node(param); });
  if (isVariadic)
    out << (list.empty() ? "..." : ", ...");
  out << ')';
}

const TypeNode *bracketedElement(const TypeNode *type) {
  if (auto *array = llvm::dyn_cast<ArrayType>(type))
    return array->element;
  if (auto *fixed = llvm::dyn_cast<FixedArrayType>(type))
    return fixed->element;
  return nullptr;
}

/// `int a[3], b;` shares the node of `int`: the innermost one that all variables have stands before the names, and each
/// name gets its own brackets.
static const TypeNode *commonType(const VariablesDecl &decl) {
  for (const TypeNode *type = decl.variables[0]->type; type; type = bracketedElement(type)) {
    bool isCommon = llvm::all_of(decl.variables, [&](const VariableDecl *variable) {
      if (!variable->type)
        return true; // A name was expected there.
      for (const TypeNode *own = variable->type; own; own = bracketedElement(own))
        if (own == type)
          return true;
      return false;
    });
    if (isCommon)
      return type;
  }
  return decl.variables[0]->type;
}

/// The brackets that lead from one type to another.
void Printer::brackets(const TypeNode *from, const TypeNode *to) {
  for (; from != to; from = bracketedElement(from)) {
    out << '[';
    if (auto *array = llvm::dyn_cast<ArrayType>(from))
      out << std::string(array->rank - 1, ',');
    else
      expr(llvm::cast<FixedArrayType>(from)->size);
    out << ']';
  }
}

/// Without the `;`.
void Printer::write(const VariablesDecl &decl) {
  if (decl.variables.empty())
    return;
  const VariableDecl &first = *decl.variables[0];
  if (first.isRef) {
    out << "ref ";
    if (first.type)
      type(first.type);
    else
      out << "var";
    out << ' ';
    name(first.name);
    out << " = ref ";
    expr(first.init);
    return;
  }
  if (first.keyword != VarKeyword::None)
    out << spelling(first.keyword) << ' ';
  const TypeNode *common = first.type ? commonType(decl) : nullptr;
  if (common) {
    type(common);
    out << ' ';
  }
  commas(decl.variables, [&](const VariableDecl *variable) {
    name(variable->name);
    if (common && variable->type)
      brackets(variable->type, common);
    if (variable->init) {
      out << " = ";
      expr(variable->init);
    }
  });
}

void Printer::write(const ClassDecl &decl) {
  out << spelling(decl.classKind) << ' ';
  name(decl.name);
  typeParams(decl.typeParams);
  bases(decl.bases);
  wheres(decl.wheres);
  members(decl.members);
}

void Printer::write(const EnumDecl &decl) {
  out << "enum ";
  name(decl.name);
  typeParams(decl.typeParams);
  if (decl.underlying) {
    out << " : ";
    type(decl.underlying);
  }
  out << " {";
  ++depth;
  for (size_t i = 0; i < decl.variants.size(); ++i) {
    const EnumVariantDecl &variant = *decl.variants[i];
    newline();
    this->decl(&variant);
    if (i + 1 < decl.variants.size())
      out << ',';
  }
  if (!decl.members.empty()) {
    out << ';';
    for (const Decl *member : decl.members) {
      newline();
      this->decl(member);
    }
  }
  --depth;
  newline();
  out << '}';
}

void Printer::write(const EnumVariantDecl &variant) {
  name(variant.name);
  if (variant.hasParts) {
    out << '(';
    commas(variant.parts, [&](const EnumVariantDecl::Part &part) {
      type(part.type);
      if (part.name) {
        out << ' ';
        name(part.name);
      }
    });
    out << ')';
  }
  if (variant.value) {
    out << " = ";
    expr(variant.value);
  }
}

void Printer::write(const PropertyDecl &decl) {
  type(decl.type);
  out << ' ';
  if (decl.isIndexer) {
    out << "this[";
    commas(decl.params, [&](const ParamDecl *param) { node(param); });
    out << ']';
  } else {
    name(decl.name);
  }
  out << " {";
  ++depth;
  for (const AccessorDecl *accessor : decl.accessors) {
    newline();
    this->decl(accessor);
  }
  --depth;
  newline();
  out << '}';
  if (decl.init) {
    out << " = ";
    expr(decl.init);
    out << ';';
  }
}

void Printer::write(const AccessorDecl &accessor) {
  out << spelling(accessor.accessorKind);
  functionBody(accessor.hasBody, accessor.block, accessor.expr);
}

void print(const SourceFile &file, llvm::raw_ostream &out) { Printer(out).node(&file); }

} // namespace dream::ast
