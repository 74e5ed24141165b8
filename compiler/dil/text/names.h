// What things are called in DIL text: nominal types by a name that is unique in the module, values and blocks by numbers
// in the order of the text. The printer and the verifier's messages use the same names.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::dil {

/// A word as it is if the reader takes it for a plain identifier, else in quotes.
std::string quoteWord(llvm::StringRef word);
/// `@symbol`, or `@"symbol"` where it has other characters.
std::string quoteSymbol(llvm::StringRef symbol);
/// Between double quotes, with escapes.
std::string quoteText(llvm::StringRef text);
/// Letters, digits and underscores: what may follow `%` as the name of a parameter.
bool isPlainWord(llvm::StringRef word);
/// True for words that mean something in the text's own syntax of types and fields.
bool isReservedWord(llvm::StringRef word);

/// Names of the nominal types that a module uses, and the spelling of types with them.
class TypeNames {
public:
  explicit TypeNames(const Module &module);

  /// Those that the module uses, in the order of their ids.
  llvm::ArrayRef<NominalId> used() const { return nominals; }
  std::string nominal(NominalId id) const;
  /// As TypeTable::spell, but with this table's names, and `const` right before its `*`.
  std::string type(TypeId id) const;

private:
  const TypeTable &types;
  std::vector<NominalId> nominals;
  llvm::DenseMap<NominalId, std::string> spelled;
};

/// Names of the values and blocks of one function.
class BodyNames {
public:
  explicit BodyNames(const Function &function);

  std::string value(ValueId id) const;
  std::string block(BlockId id) const;

private:
  const Function &function;
  std::vector<uint32_t> valueNumbers, blockNumbers; ///< ~0 for what the text does not show; parameters by ~1.
};

/// A block that some pass emptied: it is no part of the function any more.
inline bool isDeleted(const Function &function, BlockId id) { return id.index != 0 && function[id].insts.empty(); }

} // namespace dream::dil
