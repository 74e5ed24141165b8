// C functions that everybody declares: their own prototypes, so that a declaration with other widths is converted at the
// call instead of corrupting registers.
#include "compiler/sema/checker.h"
#include "llvm/ADT/StringSwitch.h"

namespace dream::sema {

/// Result, then parameters: v void, p pointer, i int, u unsigned, l long, n size_t, s ssize_t, d double, f float,
/// L 64 bits, '.' variadic from here.
static llvm::StringRef cPrototype(llvm::StringRef name) {
  return llvm::StringSwitch<llvm::StringRef>(name)
      .Cases("malloc", "tlmalloc", "pn")
      .Cases("calloc", "tlcalloc", "pnn")
      .Cases("realloc", "tlrealloc", "ppn")
      .Cases("free", "tlfree", "vp")
      .Case("aligned_alloc", "pnn")
      .Cases("memcpy", "memmove", "pppn")
      .Case("memset", "ppin")
      .Case("memcmp", "ippn")
      .Case("memchr", "ppin")
      .Case("strlen", "np")
      .Cases("strcmp", "strcoll", "ipp")
      .Case("strncmp", "ippn")
      .Cases("strcpy", "strcat", "strstr", "ppp")
      .Cases("strncpy", "strncat", "pppn")
      .Cases("strchr", "strrchr", "ppi")
      .Case("strdup", "pp")
      .Case("puts", "ip")
      .Case("putchar", "ii")
      .Case("getchar", "i")
      .Case("printf", "ip.")
      .Case("fprintf", "ipp.")
      .Case("sprintf", "ipp.")
      .Case("snprintf", "ipnp.")
      .Case("fopen", "ppp")
      .Cases("fclose", "fflush", "ip")
      .Cases("fread", "fwrite", "npnnp")
      .Case("fseek", "ipli")
      .Case("ftell", "lp")
      .Case("fputs", "ipp")
      .Cases("fputc", "putc", "iip")
      .Cases("fgetc", "getc", "ip")
      .Case("fgets", "ppip")
      .Case("exit", "vi")
      .Case("abort", "v")
      .Case("atoi", "ip")
      .Case("atol", "lp")
      .Case("atof", "dp")
      .Case("strtol", "lppi")
      .Case("strtod", "dpp")
      .Case("abs", "ii")
      .Case("labs", "ll")
      .Case("llabs", "LL")
      .Case("rand", "i")
      .Case("srand", "vu")
      .Cases("sqrt", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan", "dd")
      .Cases("sinh", "cosh", "tanh", "exp", "exp2", "log", "log2", "log10", "dd")
      .Cases("floor", "ceil", "trunc", "round", "rint", "nearbyint", "fabs", "dd")
      .Cases("pow", "atan2", "fmod", "hypot", "fmin", "fmax", "copysign", "ddd")
      .Cases("sqrtf", "sinf", "cosf", "tanf", "expf", "logf", "floorf", "ceilf", "fabsf", "roundf", "ff")
      .Cases("powf", "atan2f", "fmodf", "fff")
      .Case("fma", "dddd")
      .Case("getenv", "pp")
      .Case("system", "ip")
      .Case("time", "lp")
      .Case("clock", "l")
      .Cases("getpid", "getppid", "i")
      .Case("sleep", "uu")
      .Case("usleep", "iu")
      .Case("isatty", "ii")
      .Case("read", "sipn")
      .Case("write", "sipn")
      .Case("close", "ii")
      .Cases("isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower", "toupper", "tolower", "ii")
      .Default({});
}

void Checker::bindCPrototype(FunctionId function) {
  FunctionInfo &info = program[function];
  llvm::StringRef prototype = cPrototype(info.symbol);
  if (prototype.empty())
    return;
  bool isVariadic = prototype.consume_back(".");
  std::string shown;
  auto isAddress = [&](TypeId type) {
    TypeKind kind = types.kind(type);
    if (kind == TypeKind::Optional)
      kind = types.kind(types[type].element);
    return kind == TypeKind::Pointer || kind == TypeKind::String || kind == TypeKind::Array || kind == TypeKind::FixedArray;
  };
  bool differs = false, isHopeless = false;
  /// The type C expects where the declaration says `declared`.
  auto bind = [&](char code, TypeId declared, PassMode mode) -> TypeId {
    TypeId wanted;
    switch (code) {
    case 'v': wanted = types::Void; break;
    case 'i': wanted = types::Int32; break;
    case 'u': wanted = types::UInt32; break;
    case 'l': case 's': wanted = types::NInt; break;
    case 'n': wanted = types::NUInt; break;
    case 'L': wanted = types::Int64; break;
    case 'd': wanted = types::Float64; break;
    case 'f': wanted = types::Float32; break;
    default: wanted = types.pointer(types::Void, false); break;
    }
    shown += (shown.empty() || shown.back() == '(' ? "" : ", ") + spell(wanted);
    if (declared == types::Error)
      return declared;
    if (code == 'p') {
      isHopeless |= !isAddress(declared) && mode == PassMode::Value;
      return declared;
    }
    if (declared == wanted || (code == 'v' && declared == types::Void))
      return declared;
    // A result that nobody wants may be left out.
    if (declared == types::Void)
      return declared;
    bool sameBits = types.isInteger(declared) && types.isInteger(wanted) && types.bits(declared) == types.bits(wanted);
    if (sameBits)
      return declared;
    if (!types.isNumeric(declared) || !types.isNumeric(wanted) || mode != PassMode::Value) {
      isHopeless = true;
      return declared;
    }
    differs = true;
    return wanted;
  };
  TypeId result = bind(prototype[0], info.result, PassMode::Value);
  shown += " " + info.symbol + "(";
  llvm::SmallVector<TypeId, 4> params;
  isHopeless |= prototype.size() - 1 > info.params.size() || (prototype.size() - 1 < info.params.size() && !isVariadic);
  for (size_t i = 1; i < prototype.size(); ++i) {
    bool has = i <= info.params.size();
    TypeId type = bind(prototype[i], has ? program[info.params[i - 1].variable].type : types::Error,
                       has ? program[info.params[i - 1].variable].mode : PassMode::Value);
    params.push_back(type);
  }
  shown += isVariadic ? ", ...)" : ")";
  if (isHopeless) {
    report(DiagId::WrongCPrototype, info.range) << info.symbol << shown;
    return;
  }
  if (!differs)
    return;
  for (size_t i = params.size(); i < info.params.size(); ++i)
    params.push_back(program[info.params[i].variable].type);
  report(DiagId::OtherCPrototype, info.range) << info.symbol << shown;
  info.cParams.assign(params.begin(), params.end());
  info.cResult = result;
}

} // namespace dream::sema
