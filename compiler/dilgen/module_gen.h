// What functions share while a program is lowered: the DIL function of each checked function, module variables, class
// tables, and the list of bodies still to be made. Only what is asked for here is lowered, so that the module holds
// what the entry can reach and nothing else.
#pragma once

#include "compiler/dil/builder.h"
#include "compiler/dilgen/walk.h"
#include "compiler/sema/constants.h"
#include "llvm/ADT/FunctionExtras.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include <deque>
#include <map>

namespace dream::dilgen {

using dil::BlockId;
using dil::FuncId;
using dil::GlobalId;
using dil::ValueId;
using sema::FunctionId;
using sema::VariableId;

/// A constant of the checked program in DIL; its texts and parts are kept in `storage`.
dil::Constant constantIn(llvm::BumpPtrAllocator &storage, const sema::ConstValue &value);

class FunctionGen;

class ModuleGen {
public:
  ModuleGen(const sema::Program &program, dil::Module &module, NameTable &names)
      : program(program), types(program.types), module(module), names(names) {}

  const sema::Program &program;
  TypeTable &types;
  dil::Module &module;
  NameTable &names;
  bool checksAll = false; ///< [Unchecked] means nothing.

  void run(bool asTests);

  // ---- Functions (functions.cpp)
  /// The DIL function of a checked function; its body is made later. Constructors: the one that fills `this`.
  FuncId function(FunctionId id);
  /// `T.new`: makes an object or struct with one of its constructors (invalid: none, fields only).
  /// Those of `new … in` an Arena take that before the parameters of the constructor.
  FuncId creator(TypeId type, FunctionId constructor, bool inArena = false);
  /// A C function, as this call sees it: the types say what becomes of each argument.
  FuncId external(llvm::StringRef symbol, llvm::ArrayRef<dil::Param> params, TypeId result, size_t variadicAfter);
  /// Exception's constructor from a message.
  FunctionId messageConstructor() const;
  FuncId known(sema::Known name);
  /// An entry of the runtime, as a function of the given types.
  FuncId runtime(llvm::StringRef symbol, llvm::ArrayRef<dil::Param> params, TypeId result);
  dil::Param param(llvm::StringRef name, TypeId type, dil::Convention convention);
  dil::Param param(llvm::StringRef name, TypeId type) { return param(name, type, dil::defaultConvention(types, type)); }
  /// Parameters of a checked function in DIL, `this` first.
  std::vector<dil::Param> paramsOf(const sema::FunctionInfo &info);
  /// func(a, b) -> bool: equality of two values of a type, part by part.
  FuncId equality(TypeId type);
  /// func(value) -> int: a hash that is the same for equal values.
  FuncId hash(TypeId type);
  /// func(value) -> string of enums and other types whose text the compiler knows.
  FuncId toText(TypeId type);
  /// The ToString() that a type has or inherits, if it is lowered.
  FunctionId textMethod(TypeId type) const;
  /// Whether that text comes from a ToString() that may throw.
  bool textThrows(TypeId type) const;
  bool textThrows(TypeId type, llvm::SmallVectorImpl<TypeId> &running) const;
  /// The fields of a type (not its bases') that have initialisers, in order.
  llvm::ArrayRef<VariableId> initialisedFields(NominalId nominal);
  bool creationThrows(TypeId type, FunctionId constructor);

  // ---- Closures (closures.cpp)
  TypeId funcTypeOf(const sema::FunctionInfo &info);
  TypeId makeEnvironment(llvm::StringRef name, llvm::ArrayRef<std::pair<Name, TypeId>> captures, SourceLoc loc);
  TypeId emptyEnvironment();
  TypeId environmentOf(FunctionId id);
  struct Thunk {
    FuncId code;
    TypeId environment;
  };
  const Thunk &thunk(FunctionId callee, TypeId func, sema::Dispatch dispatch);
  /// It is called with its closure.
  static bool takesClosure(const sema::FunctionInfo &info) {
    return info.kind == sema::FunctionKind::Lambda || (info.kind == sema::FunctionKind::Local && !info.captures.empty());
  }

  // ---- Iterators (iterators.cpp)
  /// The class of the iterators that a function makes.
  TypeId iteratorClass(const sema::FunctionInfo &maker, FunctionId id);

  // ---- Module variables (globals.cpp)
  GlobalId global(VariableId id);

  // ---- Class tables (classes.cpp)
  /// The type's descriptor is needed: objects of it are made, or tested for.
  void needDescriptor(TypeId type);
  /// Objects of this class are made: what its vtable and interface tables hold is reachable.
  void needTables(TypeId type);
  void needBox(TypeId type);
  /// Values of this struct die somewhere: its destructor is called.
  void needDestructor(TypeId type) { described.insert({type, uint8_t(1)}); }
  /// A slot of a class's vtable or an interface's table is called.
  void needSlot(TypeId owner, unsigned slot);
  /// The destructor that a class itself declares, and the one that it has or inherits; invalid if there is none.
  FuncId ownDestructor(TypeId type);
  FuncId destructorOf(TypeId type);
  /// Name of a field as messages show it, "Node.next".
  std::string placeName(TypeId holder, unsigned field) const;

  /// Has the body of a new function made later.
  void later(llvm::unique_function<void()> work) { pending.push_back(std::move(work)); }

private:
  void drain();
  std::string declaredSymbol(llvm::StringRef symbol);
  bool initialiserThrows(VariableId id) const;
  const std::vector<FunctionId> &interfaceMethods(TypeId interface);
  void buildInitialise();
  void buildAllocator();
  void buildExports(); // exports.cpp
  void buildExport(const sema::ExportedFunction &row);
  void buildAllocatorCall(llvm::StringRef symbol, FunctionId method);
  void buildTests();
  void buildFinalise();
  void buildClasses();
  void fillTable(dil::ClassTable &table);
  bool isLowered(FunctionId id) const;
  FuncId boxedMethod(TypeId interface, FunctionId interfaceMethod, TypeId boxed, FunctionId method);
  FuncId boxedToString(TypeId boxed);
  dil::InterfaceTable iteratorTable(TypeId iterator, TypeId interface, FuncId run, const sema::IteratorFacts &facts);
  void setInitial(const sema::VariableInfo &variable, dil::Global &global);

  std::vector<FuncId> functions;                              ///< By FunctionId.
  std::vector<GlobalId> globals;                              ///< By VariableId.
  std::vector<VariableId> globalOrder;                        ///< Those in `globals`, in order of their making.
  llvm::StringMap<unsigned> declaredSymbols;
  std::pair<FuncId, bool> declared(llvm::StringRef key, dil::FuncKind kind, llvm::StringRef symbol, llvm::ArrayRef<dil::Param> params,
                                   TypeId result);
  llvm::StringMap<FuncId> runtimes;                           ///< By symbol and signature.
  llvm::DenseMap<std::pair<TypeId, FunctionId>, FuncId> creators, creatorsInArenas;
  /// The function NAME of a type: the one that is known, or one that `build` makes.
  FuncId functionOfType(llvm::DenseMap<TypeId, FuncId> &known, llvm::StringRef name, TypeId type, std::vector<dil::Param> params,
                        TypeId result, void (FunctionGen::*build)(TypeId));
  llvm::DenseMap<TypeId, FuncId> equalities, hashes, texts;
  llvm::DenseMap<TypeId, std::vector<FunctionId>> slotsOfInterface;
  TypeId noCaptures;                                          ///< The environment of closures without captures.
  llvm::DenseMap<FunctionId, TypeId> environments;
  std::map<std::tuple<uint32_t, uint32_t, unsigned>, Thunk> thunks;
  llvm::DenseMap<TypeId, std::vector<dil::InterfaceTable>> iteratorTables; ///< By iterator class.
  llvm::DenseMap<FunctionId, TypeId> iteratorClasses;                      ///< By the function that makes them.
  std::vector<std::vector<VariableId>> fieldInitialisers;     ///< By NominalId.
  llvm::MapVector<TypeId, uint8_t> described;                 ///< Value: 1 descriptor only, 2 with tables.
  std::vector<TypeId> tablesToFill;
  std::deque<llvm::unique_function<void()>> pending;
};

} // namespace dream::dilgen
