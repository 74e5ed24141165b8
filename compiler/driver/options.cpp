// Reading the command line with LLVM's option library.
#include "compiler/driver/options.h"
#include "compiler/analysis/print_places.h"
#include "compiler/diag/render.h"
#include "compiler/support/version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Regex.h"
#include "llvm/TargetParser/Host.h"

namespace dream::driver {
namespace {

namespace opt = llvm::opt;
using llvm::StringRef;

enum OptionId : unsigned {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "compiler/driver/options.inc"
#undef OPTION
};

#define PREFIX(NAME, VALUE)                                                                                            \
  constexpr llvm::StringLiteral NAME##_init[] = VALUE;                                                                 \
  constexpr llvm::ArrayRef<llvm::StringLiteral> NAME(NAME##_init, std::size(NAME##_init) - 1);
#include "compiler/driver/options.inc"
#undef PREFIX

// The generated lists end in an empty text.
#define PREFIX_UNION(VALUE)                                                                                            \
  constexpr llvm::StringLiteral kPrefixes_init[] = VALUE;                                                              \
  constexpr llvm::ArrayRef<llvm::StringLiteral> kPrefixes(kPrefixes_init, std::size(kPrefixes_init) - 1);
#include "compiler/driver/options.inc"
#undef PREFIX_UNION

using namespace llvm::opt;
constexpr opt::OptTable::Info kInfos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "compiler/driver/options.inc"
#undef OPTION
};

class DreamOptions : public opt::PrecomputedOptTable {
public:
  DreamOptions() : PrecomputedOptTable(kInfos, kPrefixes) {}
};

Input::Kind kindOfFile(StringRef path, StringRef language) {
  if (language == "dream")
    return Input::Kind::Dream;
  if (language == "c")
    return Input::Kind::C;
  if (language == "ir")
    return Input::Kind::Ir;
  return llvm::StringSwitch<Input::Kind>(llvm::sys::path::extension(path))
      .Cases(".dr", "", Input::Kind::Dream)
      .Case(".c", Input::Kind::C)
      .Cases(".ll", ".bc", Input::Kind::Ir)
      .Default(Input::Kind::Linker);
}

void explainOptionError(DiagnosticEngine &diags, StringRef option, StringRef value, StringRef takes) {
  diags.report(DiagId::InvalidOptionValue, SourceRange{}) << option << value << takes;
}

} // namespace

struct CommandLine::Parsed {
  DreamOptions table;
  opt::InputArgList args;
  bool isRun = false, isTest = false;
  std::vector<std::string> programArguments;
  /// Set when the last option's value is missing.
  std::string optionWithoutValue;
};

CommandLine::CommandLine(llvm::ArrayRef<const char *> arguments) : parsed(std::make_unique<Parsed>()) {
  parsed->isRun = !arguments.empty() && StringRef(arguments[0]) == "run";
  parsed->isTest = !arguments.empty() && StringRef(arguments[0]) == "test";
  if (parsed->isRun || parsed->isTest)
    arguments = arguments.drop_front();
  // The first input of `run` ends the compiler's options.
  opt::InputArgList args(arguments.begin(), arguments.end());
  unsigned index = 0, end = arguments.size();
  while (index < end) {
    unsigned previous = index;
    if (StringRef(arguments[index]).empty()) {
      ++index;
      continue;
    }
    std::unique_ptr<opt::Arg> arg = parsed->table.ParseOneArg(args, index);
    if (!arg) {
      parsed->optionWithoutValue = arguments[previous];
      break;
    }
    bool isInput = arg->getOption().matches(OPT_INPUT);
    args.append(arg.release());
    if (parsed->isRun && isInput) {
      parsed->programArguments.assign(arguments.begin() + index, arguments.end());
      break;
    }
  }
  parsed->args = std::move(args);
}

CommandLine::~CommandLine() = default;

DiagnosticOptions CommandLine::diagnosticOptions() const {
  DiagnosticOptions result;
  result.asJson = parsed->args.getLastArgValue(OPT_diagnostics) == "json";
  bool onTerminal = llvm::sys::Process::StandardErrHasColors() && !llvm::sys::Process::GetEnv("NO_COLOR");
  result.colours = parsed->args.hasFlag(OPT_f_color_diagnostics, OPT_fno_color_diagnostics, onTerminal);
  return result;
}

bool CommandLine::answerQuestion(DiagnosticEngine &diags, int &exitCode) const {
  const opt::InputArgList &args = parsed->args;
  exitCode = 0;
  if (args.hasArg(OPT_help)) {
    parsed->table.printHelp(llvm::outs(), "dreamc [options] <files>\n       dreamc run [options] <file> [arguments]\n       dreamc test [options] <files>",
                            "The Dream compiler", /*ShowHidden=*/false, /*ShowAllAliases=*/false);
    return true;
  }
  if (args.hasArg(OPT_version)) {
    llvm::outs() << "dreamc " << kVersion << " (LLVM " << LLVM_VERSION_STRING << ")\n"
                 << "Target: " << llvm::sys::getDefaultTargetTriple() << "\n";
    return true;
  }
  if (const opt::Arg *arg = args.getLastArg(OPT_explain_error)) {
    StringRef text = arg->getValue();
    unsigned number = 0;
    StringRef digits = text;
    digits.consume_front_insensitive("D");
    if (digits.getAsInteger(10, number) || !explainDiagnostic(number, llvm::outs())) {
      explainOptionError(diags, "--explain-error", text, "the number of a diagnostic, like 2001 or D2001");
      exitCode = 1;
    }
    return true;
  }
  return false;
}

namespace {

/// One method for each family of options.
struct Reader {
  const opt::InputArgList &args;
  const opt::OptTable &table;
  DiagnosticEngine &diags;
  Options options;

  void unknown() {
    for (const opt::Arg *arg : args.filtered(OPT_UNKNOWN)) {
      std::string text = arg->getAsString(args), nearest;
      if (table.findNearest(text, nearest, opt::Visibility(), /*MinimumLength=*/2) <= 1 + text.size() / 6)
        diags.report(DiagId::UnknownOptionDidYouMean, SourceRange{}) << text << nearest;
      else
        diags.report(DiagId::UnknownOption, SourceRange{}) << text;
    }
  }

  /// The last value of an option that has a list of them in options.td.
  StringRef choice(OptionId id, StringRef fallback, llvm::ArrayRef<StringRef> values) {
    const opt::Arg *arg = args.getLastArg(id);
    if (!arg)
      return fallback;
    if (llvm::is_contained(values, arg->getValue()))
      return arg->getValue();
    explainOptionError(diags, arg->getSpelling(), arg->getValue(), llvm::join(values, ", "));
    return fallback;
  }

  void product() {
    StringRef none = "";
    StringRef stage = choice(OPT_emit_EQ, none,
                             {"tokens", "ast", "sema", "dil-raw", "dil-owned", "summaries", "dil-placed", "dil-counted", "llvm", "asm", "obj"});
    bool llvmIr = args.hasArg(OPT_emit_llvm);
    if (!stage.empty())
      options.product = llvm::StringSwitch<Product>(stage)
                            .Case("tokens", Product::Tokens)
                            .Case("ast", Product::Ast)
                            .Case("sema", Product::Sema)
                            .Case("dil-raw", Product::DilRaw)
                            .Case("dil-owned", Product::DilOwned)
                            .Case("summaries", Product::Summaries)
                            .Case("dil-placed", Product::DilPlaced)
                            .Case("dil-counted", Product::DilCounted)
                            .Case("llvm", Product::GeneratedLlvm)
                            .Case("asm", Product::Assembly)
                            .Default(Product::Object);
    else if (args.hasArg(OPT_explain, OPT_explain_EQ))
      options.product = Product::Places;
    else if (args.hasArg(OPT_explain_cycles))
      options.product = Product::Cycles;
    else if (args.hasArg(OPT_emit_header))
      options.product = Product::Header;
    else if (args.hasArg(OPT_fsyntax_only))
      options.product = Product::SyntaxOnly;
    else if (args.hasArg(OPT_S))
      options.product = llvmIr ? Product::LlvmText : Product::Assembly;
    else if (args.hasArg(OPT_c) || llvmIr)
      options.product = llvmIr ? Product::LlvmBitcode : Product::Object;
    else
      options.product = args.hasArg(OPT_shared) ? Product::SharedLibrary : Product::Executable;
    options.output = args.getLastArgValue(OPT_o);
    // A stage that is asked for by name is to be looked at.
    if (stage == "asm" && options.output.empty())
      options.output = "-";
  }

  void code() {
    if (const opt::Arg *arg = args.getLastArg(OPT_O)) {
      StringRef level = arg->getValue();
      options.optimizeForSize = level == "s";
      if (level.empty())
        options.optimization = 1;
      else if (options.optimizeForSize)
        options.optimization = 2;
      else if (level.getAsInteger(10, options.optimization) || options.optimization > 3) {
        explainOptionError(diags, "-O", level, "0, 1, 2, 3, s");
        options.optimization = 0;
      }
    }
    if (const opt::Arg *arg = args.getLastArg(OPT_g_Flag, OPT_g0))
      options.debug = arg->getOption().matches(OPT_g0) ? DebugInfo::None : DebugInfo::Full;
    options.target = args.getLastArgValue(OPT_target);
    options.cpu = args.getLastArgValue(OPT_mcpu);
    options.sysroot = args.getLastArgValue(OPT_sysroot);
    options.isStatic = args.hasArg(OPT_static);
    options.importFolders = args.getAllArgValues(OPT_I);
    options.toolFolders = args.getAllArgValues(OPT_B);
    options.checkMemory = args.hasFlag(OPT_f_check_memory, OPT_fno_check_memory, false);
    options.checkOverflow = args.hasFlag(OPT_f_check_overflow, OPT_fno_check_overflow, false);
    options.checkLibrary = args.hasFlag(OPT_f_check_library, OPT_fno_check_library, false);
    StringRef form = choice(OPT_explain_EQ, "text", {"text", "json", "html"});
    options.placesForm = form == "json"   ? analysis::PlacesForm::Json
                         : form == "html" ? analysis::PlacesForm::Html
                                          : analysis::PlacesForm::Text;
    if (options.product == Product::Places && !args.hasArg(OPT_O))
      options.optimization = 2;
    options.placeOnHeap = choice(OPT_fplace_EQ, "auto", {"auto", "heap"}) == "heap";
    if (const opt::Arg *arg = args.getLastArg(OPT_fplace_stress_EQ); arg && StringRef(arg->getValue()).getAsInteger(10, options.placeStress))
      explainOptionError(diags, arg->getSpelling(), arg->getValue(), "a number");
    options.memoryStats = args.hasArg(OPT_memory_stats);
    options.countProfile = args.hasFlag(OPT_f_count_profile, OPT_fno_count_profile, false);
    options.countNaively = choice(OPT_fcounts_EQ, "few", {"few", "naive"}) == "naive";
    options.testFilter = args.getLastArgValue(OPT_filter);
    if (std::string problem; !options.testFilter.empty() && !llvm::Regex(options.testFilter).isValid(problem))
      explainOptionError(diags, "--filter=", options.testFilter, "a regular expression (" + problem + ")");
  }

  void inputs() {
    StringRef language = "none";
    for (const opt::Arg *arg : args) {
      StringRef value = arg->getNumValues() ? arg->getValue() : "";
      if (arg->getOption().matches(OPT_x)) {
        language = value;
        if (!llvm::is_contained({"dream", "c", "ir", "none"}, language)) {
          explainOptionError(diags, "-x", language, "dream, c, ir, none");
          language = "none";
        }
      } else if (arg->getOption().matches(OPT_INPUT)) {
        options.inputs.push_back({kindOfFile(value, language), value.str()});
      } else if (arg->getOption().matches(OPT__DASH_DASH)) {
        for (const char *path : arg->getValues())
          options.inputs.push_back({kindOfFile(path, language), path});
      } else if (arg->getOption().matches(OPT_l) || arg->getOption().matches(OPT_L)) {
        options.inputs.push_back({Input::Kind::Linker, (arg->getOption().getPrefixedName() + value).str()});
      } else if (arg->getOption().matches(OPT_Wl_COMMA)) {
        options.inputs.push_back({Input::Kind::Linker, "-Wl," + llvm::join(arg->getValues(), ",")});
      }
    }
  }

  void warnings() {
    if (const opt::Arg *arg = args.getLastArg(OPT_ferror_limit))
      if (StringRef(arg->getValue()).getAsInteger(10, diags.errorLimit))
        explainOptionError(diags, "-ferror-limit=", arg->getValue(), "a number");
    std::vector<StringRef> flags;
    for (const DiagInfo &info : allDiagnostics())
      if (!info.flag.empty())
        flags.push_back(info.flag);
    auto setAll = [&](bool enabled, bool isEverything) {
      for (StringRef flag : flags)
        if (!enabled || isEverything || !isByNameOnly(flag))
          diags.setWarning(flag, enabled);
    };
    diags.warningsAreErrors = args.hasArg(OPT_Werror);
    std::vector<std::pair<StringRef, bool>> unknown; // told when all flags are in force
    for (const opt::Arg *arg : args.filtered(OPT_W, OPT_w)) {
      StringRef flag = arg->getOption().matches(OPT_w) ? "no-all" : arg->getValue();
      bool enabled = !flag.consume_front("no-");
      if (flag == "all" || flag == "extra" || flag == "everything")
        setAll(enabled, flag == "everything");
      else if (flag == "error")
        diags.warningsAreErrors = enabled;
      else if (!diags.setWarning(flag, enabled))
        unknown.emplace_back(flag, enabled);
    }
    for (auto [flag, enabled] : unknown) {
      StringRef near = didYouMean(flag, flags);
      std::string hint = near.empty() ? "" : "; did you mean '-W" + std::string(enabled ? "" : "no-") + near.str() + "'?";
      diags.report(DiagId::UnknownWarning, SourceRange{}) << flag << hint;
    }
  }

  void talk() {
    choice(OPT_diagnostics, "text", {"text", "json"});
    options.printCommands = args.hasArg(OPT__HASH_HASH_HASH);
    options.verbose = args.hasArg(OPT_v);
    options.stats = args.hasArg(OPT_stats);
    options.timeReport = args.hasArg(OPT_ftime_report);
  }
};

} // namespace

Options CommandLine::understand(DiagnosticEngine &diags) const {
  Reader reader{parsed->args, parsed->table, diags, {}};
  reader.warnings();
  reader.unknown();
  if (!parsed->optionWithoutValue.empty())
    diags.report(DiagId::MissingOptionValue, SourceRange{}) << parsed->optionWithoutValue;
  reader.product();
  reader.code();
  reader.inputs();
  reader.talk();
  reader.options.isRun = parsed->isRun;
  reader.options.isTest = parsed->isTest;
  reader.options.programArguments = parsed->programArguments;
  return std::move(reader.options);
}

} // namespace dream::driver
