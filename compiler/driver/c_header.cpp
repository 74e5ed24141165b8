#include "compiler/driver/c_header.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::driver {

namespace {

using sema::ExportedFunction;
using Kind = ExportedFunction::Kind;

class HeaderPrinter {
public:
  HeaderPrinter(const sema::Program &program, llvm::raw_ostream &os) : program(program), types(program.types), os(os) {}

  void print(llvm::StringRef guard) {
    std::string macro;
    for (char c : guard)
      macro += llvm::isAlnum(c) ? llvm::toUpper(c) : '_';
    os << "/* Made by dreamc --emit-header. Strings that are given back, and objects, belong to the caller: dr_release_string, X_release. */\n"
       << "#ifndef " << macro << "\n#define " << macro << "\n\n"
       << "#include <dream.h>\n#include <stdbool.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
    for (const ExportedFunction &row : program.exports)
      if (row.kind == Kind::Retain)
        os << "\ntypedef struct " << nameOf(row.type) << " " << nameOf(row.type) << ";";
    os << "\n";
    for (const ExportedFunction &row : program.exports)
      print(row);
    os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  }

private:
  /// The C name of an exported class.
  llvm::StringRef nameOf(TypeId type) const {
    for (const ExportedFunction &row : program.exports)
      if (row.type == type && row.kind == Kind::Retain)
        return llvm::StringRef(row.symbol).drop_back(strlen("_retain"));
    return "void";
  }

  std::string spell(TypeId type, bool isResult) const {
    switch (types.kind(type)) {
    case TypeKind::Void: case TypeKind::Never: return "void";
    case TypeKind::Bool: return "bool";
    case TypeKind::Char: return "uint32_t";
    case TypeKind::Int8: return "int8_t";
    case TypeKind::UInt8: return "uint8_t";
    case TypeKind::Int16: return "int16_t";
    case TypeKind::UInt16: return "uint16_t";
    case TypeKind::Int32: return "int32_t";
    case TypeKind::UInt32: return "uint32_t";
    case TypeKind::Int64: return "int64_t";
    case TypeKind::UInt64: return "uint64_t";
    case TypeKind::NInt: return "intptr_t";
    case TypeKind::NUInt: return "uintptr_t";
    case TypeKind::Float32: return "float";
    case TypeKind::Float64: return "double";
    case TypeKind::String: return isResult ? "char *" : "const char *";
    case TypeKind::Optional: return spell(types[type].element, isResult);
    case TypeKind::Enum: return spell(types.info(type).underlying, isResult);
    case TypeKind::Class: return nameOf(type).str() + " *";
    case TypeKind::Pointer: {
      std::string element = types.isNumeric(types[type].element) ? spell(types[type].element, false) : "void";
      return (types[type].isConst ? "const " : "") + element + " *";
    }
    default: return "void *";
    }
  }
  void declare(llvm::StringRef type, llvm::StringRef name) { os << type << (type.ends_with("*") ? "" : " ") << name; }

  void print(const ExportedFunction &row) {
    const sema::FunctionInfo *info = row.function.isValid() ? &program[row.function] : nullptr;
    std::string object = row.type.isValid() ? spell(row.type, true) : "";
    if (info && info->decl && !info->decl->doc.empty())
      os << "\n/* " << info->decl->doc.trim() << " */";
    os << "\n";
    declare(row.kind == Kind::Release ? "void" : row.kind == Kind::Call ? spell(info->result, true) : object, row.symbol);
    os << "(";
    llvm::ListSeparator comma;
    bool isEmpty = true;
    auto parameter = [&](llvm::StringRef type, llvm::StringRef name) {
      os << comma;
      declare(type, name);
      isEmpty = false;
    };
    if (row.kind == Kind::Retain || row.kind == Kind::Release)
      parameter(object, "object");
    else if (info && row.kind == Kind::Call && !info->isStatic)
      parameter(spell(types.info(info->owner).type, false), "self");
    if (info)
      for (const sema::ParameterInfo &param : info->params)
        parameter(spell(program[param.variable].type, false), program[param.variable].name.text());
    os << (isEmpty ? "void);\n" : ");\n");
  }

  const sema::Program &program;
  const TypeTable &types;
  llvm::raw_ostream &os;
};

} // namespace

void printCHeader(const sema::Program &program, llvm::StringRef guard, llvm::raw_ostream &os) {
  HeaderPrinter(program, os).print(guard);
}

} // namespace dream::driver
