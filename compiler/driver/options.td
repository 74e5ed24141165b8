// The options of dreamc, once: parsing, --help, spelling suggestions and the enumeration in options.cpp come from here.
include "llvm/Option/OptParser.td"

class F<string name, string help> : Flag<["-"], name>, HelpText<help>;
class FF<string name, string help> : Flag<["--"], name>, HelpText<help>;
// -fname and -fno-name.
multiclass OnOff<string name, string help> {
  def f_#NAME : Flag<["-"], "f"#name>, HelpText<help>;
  def fno_#NAME : Flag<["-"], "fno-"#name>, Flags<[HelpHidden]>;
}

def G_what : OptionGroup<"what to make">, HelpText<"WHAT TO MAKE">;
def G_how : OptionGroup<"code">, HelpText<"CODE">;
def G_link : OptionGroup<"link">, HelpText<"LINKING">;
def G_diag : OptionGroup<"diagnostics">, HelpText<"DIAGNOSTICS">;
def G_tell : OptionGroup<"tell">, HelpText<"INFORMATION">;

// What to make.
let Group = G_what in {
def o : JoinedOrSeparate<["-"], "o">, MetaVarName<"<file>">, HelpText<"Write the output to <file>; - is standard output">;
def c : F<"c", "Compile to an object file, do not link">;
def S : F<"S", "Compile to assembly (with -emit-llvm: to LLVM IR as text)">;
def emit_llvm : F<"emit-llvm", "Make LLVM IR, as optimised, in place of machine code">;
def emit_EQ : Joined<["--"], "emit=">, MetaVarName<"<stage>">, Values<"tokens,ast,sema,dil-raw,dil-owned,summaries,dil-placed,dil-counted,llvm,asm,obj">,
  HelpText<"Print the product of a stage: tokens, ast, sema, dil-raw, dil-owned, summaries, dil-placed, dil-counted, llvm (as generated), asm, obj">;
def fsyntax_only : F<"fsyntax-only", "Check the program and make nothing">;
def shared : F<"shared", "Make a shared library">;
def x : JoinedOrSeparate<["-"], "x">, MetaVarName<"<language>">,
  HelpText<"Treat the inputs that follow as dream, c, ir, or by their names again: none">;
}

// Code.
let Group = G_how in {
def O : Joined<["-"], "O">, MetaVarName<"<level>">, HelpText<"Optimise: 0, 1, 2, 3 or s (for size); 0 if not given, 1 without a level">;
def g_Flag : F<"g", "Make full debug information; with -O0 the program tells of leaks when it ends">;
def g0 : F<"g0", "Make no debug information, not even lines for traces">;
def target : Joined<["--"], "target=">, MetaVarName<"<triple>">, HelpText<"Compile for this target">;
def mcpu : Joined<["-"], "mcpu=">, MetaVarName<"<cpu>">, HelpText<"Compile for this processor; native is this machine's">;
def march : Joined<["-"], "march=">, Alias<mcpu>, Flags<[HelpHidden]>;
def I : JoinedOrSeparate<["-"], "I">, MetaVarName<"<folder>">, HelpText<"Look for imported modules and C headers here too">;
defm check_memory : OnOff<"check-memory", "Check headers, counts, accesses and leaks while the program runs">;
defm check_overflow : OnOff<"check-overflow", "Panic when integer arithmetic overflows">;
defm check_library : OnOff<"check-library", "Check all of the core library, used or not">;
def fplace_EQ : Joined<["-"], "fplace=">, MetaVarName<"<where>">, Values<"auto,heap">, HelpText<"Where objects live: auto, the default, or all of them on the heap">;
def fplace_stress_EQ : Joined<["-"], "fplace-stress=">, MetaVarName<"<seed>">, HelpText<"Keep objects on the heap at random: what the program does must not change">;
defm count_profile : OnOff<"count-profile", "The program prints how many counts it has changed and looked at when it ends">;
def fcounts_EQ : Joined<["-"], "fcounts=">, MetaVarName<"<how>">, Values<"few,naive">,
  HelpText<"Count as seldom as is safe: few, the default from -O1 on; or as the text says, with every object on the heap: naive">;
def filter : Joined<["--"], "filter=">, MetaVarName<"<regex>">, HelpText<"With test: run the tests whose names this finds">;
def memory_stats : FF<"memory-stats", "The program prints its allocations, peak and pools when it ends">;
}

// Linking.
let Group = G_link in {
def L : JoinedOrSeparate<["-"], "L">, MetaVarName<"<folder>">, HelpText<"Look for libraries here too">;
def l : JoinedOrSeparate<["-"], "l">, MetaVarName<"<name>">, HelpText<"Link lib<name>">;
def Wl_COMMA : CommaJoined<["-"], "Wl,">, MetaVarName<"<args>">, HelpText<"Hand these arguments to the linker">;
def static : F<"static", "Link without shared libraries">;
def sysroot : Joined<["--"], "sysroot=">, MetaVarName<"<folder>">, HelpText<"Find system headers and libraries below <folder>">;
def B : JoinedOrSeparate<["-"], "B">, MetaVarName<"<folder>">, HelpText<"Look for start files here too">;
}

// Diagnostics.
let Group = G_diag in {
def Werror : F<"Werror", "Warnings are errors">;
def W : Joined<["-"], "W">, MetaVarName<"[no-]<warning>">, HelpText<"Turn a warning on or off; -Wall, -Wno-all for all of them">;
def w : F<"w", "No warnings">;
def ferror_limit : Joined<["-"], "ferror-limit=">, MetaVarName<"<n>">, HelpText<"Show so many errors; 0 for all of them">;
defm color_diagnostics : OnOff<"color-diagnostics", "Colours in diagnostics; if not given, on a terminal">;
def diagnostics : Joined<["--"], "diagnostics=">, MetaVarName<"<form>">, Values<"text,json">, HelpText<"Write diagnostics as text or json">;
}

// Information.
let Group = G_tell in {
def help : FF<"help", "Show this">;
def h : Flag<["-"], "h">, Alias<help>, Flags<[HelpHidden]>;
def version : FF<"version", "Show the version">;
def v : F<"v", "Tell what is done, on standard error">;
def _HASH_HASH_HASH : F<"###", "Show the commands that would run, and run none">;
def stats : FF<"stats", "Show the counters of the passes">;
def ftime_report : F<"ftime-report", "Show how long each phase takes, and how much more memory it needs than those before">;
def explain : FF<"explain", "Tell of every object where it lives and why, as text; as -O2 decides if no -O is given">;
def explain_EQ : Joined<["--"], "explain=">, MetaVarName<"<form>">, Values<"text,json,html">, HelpText<"The same, as text, as json, or as a page with the source">;
def emit_header : FF<"emit-header", "Write a header that declares what the program exports to C">;
def explain_cycles : FF<"explain-cycles", "Tell which classes can be part of a ring of references, and by which">;
def explain_error : Separate<["--"], "explain-error">, MetaVarName<"<number>">, HelpText<"Explain a diagnostic: 2001 or D2001">;
def explain_error_EQ : Joined<["--"], "explain-error=">, Alias<explain_error>, Flags<[HelpHidden]>;
}

def _DASH_DASH : Option<["--"], "", KIND_REMAINING_ARGS>, Flags<[HelpHidden]>;
