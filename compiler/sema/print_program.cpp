#include "compiler/sema/print_program.h"
#include "compiler/sema/walk.h"

namespace dream::sema {

using namespace ast;

namespace {

llvm::StringRef text(ConversionKind kind) {
  switch (kind) {
  case ConversionKind::None: return "none";
  case ConversionKind::IntToInt: return "int-to-int";
  case ConversionKind::IntToFloat: return "int-to-float";
  case ConversionKind::FloatToInt: return "float-to-int";
  case ConversionKind::FloatToFloat: return "float-to-float";
  case ConversionKind::IntToChar: return "int-to-char";
  case ConversionKind::CharToInt: return "char-to-int";
  case ConversionKind::BoolToInt: return "bool-to-int";
  case ConversionKind::IntToBool: return "int-to-bool";
  case ConversionKind::EnumToInt: return "enum-to-int";
  case ConversionKind::IntToEnum: return "int-to-enum";
  case ConversionKind::NullToOptional: return "null";
  case ConversionKind::ToOptional: return "to-optional";
  case ConversionKind::ToWeak: return "to-weak";
  case ConversionKind::FromWeak: return "from-weak";
  case ConversionKind::UnwrapOptional: return "unwrap";
  case ConversionKind::Upcast: return "upcast";
  case ConversionKind::Downcast: return "downcast";
  case ConversionKind::Box: return "box";
  case ConversionKind::Unbox: return "unbox";
  case ConversionKind::FixedToArray: return "fixed-to-array";
  case ConversionKind::ToView: return "to-view";
  case ConversionKind::ToString: return "to-string";
  case ConversionKind::LambdaToFunc: return "lambda-to-func";
  case ConversionKind::MethodToFunc: return "method-to-func";
  case ConversionKind::PointerToPointer: return "pointer-to-pointer";
  case ConversionKind::IntToPointer: return "int-to-pointer";
  case ConversionKind::PointerToInt: return "pointer-to-int";
  case ConversionKind::ArrayToPointer: return "array-to-pointer";
  case ConversionKind::StringToPointer: return "string-to-pointer";
  case ConversionKind::StringToException: return "string-to-exception";
  case ConversionKind::User: return "user";
  case ConversionKind::Construct: return "construct";
  case ConversionKind::Deconstruct: return "deconstruct";
  case ConversionKind::Propagate: return "propagate";
  case ConversionKind::TupleParts: return "tuple-parts";
  }
  return "";
}

llvm::StringRef text(EntityKind kind) {
  switch (kind) {
  case EntityKind::None: return "";
  case EntityKind::Variable: return "variable";
  case EntityKind::Field: return "field";
  case EntityKind::Constant: return "constant";
  case EntityKind::Functions: return "functions";
  case EntityKind::Property: return "property";
  case EntityKind::Indexer: return "indexer";
  case EntityKind::Type: return "type";
  case EntityKind::Module: return "module";
  case EntityKind::HasValue: return "hasvalue";
  case EntityKind::OptionalValue: return "value";
  case EntityKind::TupleElement: return "part";
  case EntityKind::Variant: return "variant";
  case EntityKind::Length: return "length";
  case EntityKind::ArrayElement: case EntityKind::FixedElement: case EntityKind::RectElement: case EntityKind::PointerElement: case EntityKind::ViewElement: return "element";
  case EntityKind::StringByte: return "byte";
  case EntityKind::ArraySlice: case EntityKind::StringSlice: case EntityKind::ViewSlice: case EntityKind::MethodSlice: return "slice";
  }
  return "";
}

llvm::StringRef text(OperatorKind kind) {
  switch (kind) {
  case OperatorKind::None: return "";
  case OperatorKind::Arithmetic: return "arithmetic";
  case OperatorKind::CheckedArithmetic: return "checked arithmetic";
  case OperatorKind::Compare: return "compare";
  case OperatorKind::Logical: return "logical";
  case OperatorKind::StringConcat: return "concat";
  case OperatorKind::StringCompare: return "compare strings";
  case OperatorKind::ReferenceCompare: return "compare references";
  case OperatorKind::ValueCompare: return "compare values";
  case OperatorKind::Hash: return "hash";
  case OperatorKind::HasFlag: return "has flag";
  case OperatorKind::DimensionLength: return "dimension";
  case OperatorKind::Coalesce: return "coalesce";
  case OperatorKind::User: return "user operator";
  }
  return "";
}

class Printer {
public:
  Printer(const Program &program, llvm::raw_ostream &out) : program(program), types(program.types), out(out) {}

  void run() {
    for (uint32_t i = 0; i < types.nominalCount(); ++i)
      printType(NominalId(i));
    for (const VariableInfo &variable : program.variables)
      if (!variable.qualifiedName.empty() && isUsers(variable.range))
        printGlobal(variable);
    if (!program.initialisers.empty()) {
      out << "initialise";
      for (VariableId variable : program.initialisers)
        out << " " << program[variable].qualifiedName;
      out << "\n";
    }
    for (const FunctionInfo &function : program.functions)
      if (!function.isLibrary)
        printFunction(function);
    if (program.entry.isValid())
      out << "entry " << program[program.entry].symbol << "\n";
  }

private:
  const Program &program;
  const TypeTable &types;
  llvm::raw_ostream &out;

  bool isUsers(SourceRange range) const {
    if (!range.isValid())
      return false;
    FileId file = program.sources.fileOf(range.begin);
    for (size_t i = 0; i < program.libraryFiles; ++i)
      if (program.files[i]->file == file)
        return false;
    return true;
  }

  void printConstant(const ConstValue &value) {
    switch (value.kind) {
    case ConstValue::Kind::None: break;
    case ConstValue::Kind::Int:
      if (value.isUnsigned)
        out << value.bits;
      else
        out << int64_t(value.bits);
      break;
    case ConstValue::Kind::Float: out << value.number; break;
    case ConstValue::Kind::Bool: out << (value.bits ? "true" : "false"); break;
    case ConstValue::Kind::Char: out << "char " << value.bits; break;
    case ConstValue::Kind::String: out << '"' << value.text << '"'; break;
    case ConstValue::Kind::Null: out << "null"; break;
    case ConstValue::Kind::Parts:
      out << '[';
      llvm::interleave(*value.parts, [&](const ConstValue &part) { printConstant(part); }, [&] { out << ", "; });
      out << ']';
      break;
    }
  }

  void printType(NominalId id) {
    const NominalInfo &info = types.info(id);
    if (!isUsers(info.range))
      return;
    static constexpr llvm::StringRef words[] = {"class", "struct", "interface", "enum"};
    out << (info.isAbstract && info.kind == NominalKind::Class ? "abstract " : "") << words[unsigned(info.kind)] << " " << info.qualifiedName;
    llvm::StringRef separator = " : ";
    if (info.base.isValid()) {
      out << separator << types.spell(info.base);
      separator = ", ";
    }
    for (TypeId interface : info.interfaces) {
      out << separator << types.spell(interface);
      separator = ", ";
    }
    out << "\n";
    for (size_t i = 0; i < info.fields.size(); ++i)
      out << "  field " << i << ": " << types.spell(info.fields[i].type) << " " << info.fields[i].name.text()
          << (info.fields[i].isLet ? " let" : "") << (info.fields[i].isLate ? " late" : "") << "\n";
    if (info.kind == NominalKind::Class && id.index < program.vtables.size())
      for (size_t i = 0; i < program.vtables[id.index].size(); ++i)
        out << "  slot " << i << ": " << program[program.vtables[id.index][i]].symbol << "\n";
    for (const Conformance &row : program.conformances)
      if (row.type == info.type) {
        out << "  as " << types.spell(row.interface) << ":";
        for (FunctionId method : row.methods)
          out << " " << (method.isValid() ? program[method].symbol : "?");
        out << "\n";
      }
  }

  void printGlobal(const VariableInfo &variable) {
    out << (variable.kind == VariableKind::Constant ? "const " : variable.isReadOnly ? "let " : "var ") << variable.qualifiedName << ": "
        << types.spell(variable.type);
    if (variable.constant) {
      out << " = ";
      printConstant(variable.constant);
    }
    out << "\n";
  }

  void printFunction(const FunctionInfo &function) {
    InLayer in(program, function.layer);
    static constexpr llvm::StringRef modes[] = {"", "ref ", "in ", "out "};
    out << (function.kind == FunctionKind::Extern ? "extern " : "func ") << function.symbol << "(";
    for (size_t i = 0; i < function.params.size(); ++i) {
      const VariableInfo &param = program[function.params[i].variable];
      out << (i ? ", " : "") << modes[unsigned(param.mode)] << (function.params[i].isParams ? "params " : "") << types.spell(param.type)
          << " " << param.name.text();
    }
    out << (function.isVariadic ? ", ...)" : ")") << " -> " << types.spell(function.result);
    if (function.slot)
      out << " slot " << *function.slot;
    if (function.overrides.isValid())
      out << " overrides " << program[function.overrides].symbol;
    out << (function.isAbstract ? " abstract" : "") << (function.mutatesThis ? " mutates" : "") << (function.mayThrow ? " throws" : "")
        << (function.isReachable ? "" : " unreached");
    if (!function.cParams.empty()) {
      out << " as C: " << types.spell(function.cResult) << "(";
      for (size_t i = 0; i < function.cParams.size(); ++i)
        out << (i ? ", " : "") << types.spell(function.cParams[i]);
      out << ")";
    }
    out << "\n";
    if (function.chain)
      printCall(program.calls[function.chain], 1);
    for (const Capture &capture : function.captures)
      out << "  captures " << (capture.byRef ? "ref " : "") << program[capture.inner].name.text() << ": "
          << types.spell(program[capture.inner].type) << (capture.isChanged ? " changed" : "") << "\n";
    if (function.lambda) {
      if (function.lambda->block)
        printNode(function.lambda->block, 1);
      if (function.lambda->expr)
        printNode(function.lambda->expr, 1);
    }
    if (auto *func = llvm::dyn_cast_or_null<FuncDecl>(function.decl)) {
      if (func->block)
        printNode(func->block, 1);
      if (func->expr)
        printNode(func->expr, 1);
    } else if (auto *accessor = llvm::dyn_cast_or_null<AccessorDecl>(function.decl)) {
      if (accessor->block)
        printNode(accessor->block, 1);
      if (accessor->expr)
        printNode(accessor->expr, 1);
    } else if (auto *destructor = llvm::dyn_cast_or_null<DestructorDecl>(function.decl)) {
      if (destructor->body)
        printNode(destructor->body, 1);
    } else if (function.kind == FunctionKind::Main) {
      for (const Stmt *stmt : program.mainStatements)
        printNode(stmt, 1);
    }
  }

  void printCall(const CallFacts &call, unsigned depth) {
    static constexpr llvm::StringRef words[] = {"", "virtual ", "interface ", "indirect "};
    if (call.dispatch == Dispatch::Indirect)
      out.indent(depth * 2) << "calls a closure\n";
    if (call.function.isValid())
      out.indent(depth * 2) << "calls " << words[unsigned(call.dispatch)] << program[call.function].symbol << "\n";
  }

  void printConversion(llvm::StringRef label, const Conversion &conversion) {
    if (conversion.kind == ConversionKind::None)
      return;
    out << " " << label << " " << text(conversion.kind) << " " << types.spell(conversion.to);
    if (conversion.function.isValid())
      out << " by " << program[conversion.function].symbol;
  }

  /// One line for each expression: where, its text, its type, and what is known of it.
  void printNode(const Node *node, unsigned depth) {
    if (llvm::isa<Expr>(node) && !llvm::isa<ParenExpr>(node)) {
      const ExprFacts &facts = program.exprs.get(node);
      LineColumn at = program.sources.lineColumn(node->range.begin);
      llvm::StringRef source = program.sources.text(node->range).split('\n').first;
      out.indent(depth * 2) << at.line << ":" << at.column << " `" << source.take_front(40) << "` " << types.spell(facts.type);
      if (llvm::StringRef entity = text(facts.entity); !entity.empty())
        out << " " << entity;
      if (facts.entity == EntityKind::Property || facts.entity == EntityKind::Indexer)
        out << " " << program[facts.property].name.text();
      if (facts.implicitThis)
        out << " of this";
      if (llvm::StringRef op = text(facts.op); !op.empty())
        out << " " << op;
      if (facts.op != OperatorKind::None && facts.operandType.isValid())
        out << " on " << types.spell(facts.operandType);
      if (facts.constant && !llvm::isa<IntLiteral, StringLiteral, BoolLiteral, CharLiteral, FloatLiteral, NullLiteral>(node)) {
        out << " = ";
        printConstant(program.constants[facts.constant]);
      }
      printConversion("cast", facts.cast);
      printConversion("=>", facts.conversion);
      out << (facts.endsChain ? " ends chain" : "") << (facts.endsLife ? " ends life" : "") << "\n";
      if (facts.call)
        printCall(program.calls[facts.call], depth + 1);
      ++depth;
    } else if (auto *vars = llvm::dyn_cast<VariablesDecl>(node)) {
      for (const VariableDecl *variable : vars->variables)
        if (VariableId id = program.declared.get(variable); id.isValid())
          out.indent(depth * 2) << "local " << variable->name.text() << ": " << types.spell(program[id].type) << "\n";
    } else if (llvm::isa<ForeachStmt>(node)) {
      const ForeachFacts &facts = program.foreachs.get(node);
      if (facts.variable.isValid())
        out.indent(depth * 2) << "foreach " << program[facts.variable].name.text() << ": " << types.spell(program[facts.variable].type) << "\n";
    }
    forEachChild(node, [&](const Node *child) { printNode(child, depth); });
  }
};

} // namespace

void print(const Program &program, llvm::raw_ostream &out) { Printer(program, out).run(); }

} // namespace dream::sema
