// How DIL functions are called (docs/abi.md): by value in registers, by address what lives in memory, and errors beside
// the result.
//
//   result              cannot throw                    can throw
//   nothing             void                            ptr error
//   one leaf            T                               { T, ptr error }
//   two leaves          { A, B }                        as "larger"
//   larger              void, result through a hidden   ptr error, result through a hidden
//                       first parameter                 first parameter
//
// A null error means that all went well; otherwise the result is not there. C functions and entries of the runtime have
// scalar parameters and results only, and C's convention.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/TargetParser/Triple.h"

namespace dream::codegen {

class ModuleEmitter;
struct Leaf;

struct Signature {
  enum class Result : uint8_t { None, Direct, Pair, Indirect };
  llvm::FunctionType *type = nullptr;
  llvm::AttributeList attributes;
  Result result = Result::None;
  bool throws = false;
  TypeId resultType;
};

class Signatures {
public:
  Signatures(ModuleEmitter &emitter, llvm::StringRef triple) : emitter(emitter), triple(triple) {}

  struct Parameter {
    TypeId type;
    bool isAddress;
  };
  /// Of a Dream function, or of a virtual slot whose functions look like this.
  Signature dream(llvm::ArrayRef<Parameter> parameters, TypeId result, bool throws);
  Signature dream(const dil::Function &function);
  Signature c(const dil::Function &function);

private:
  void addReferenceAttributes(llvm::AttrBuilder &attributes, TypeId type);

  void addExtension(llvm::AttrBuilder &attributes, const Leaf &leaf);

  ModuleEmitter &emitter;
  llvm::Triple triple;
};

} // namespace dream::codegen
