// The reader of DIL text: recursive descent over the tokens of one file. Types, variables and functions are first
// registered by their names, so that the text may mention them in any order; then declarations are read, then bodies.
// After a mistake the rest of its line is skipped.
#pragma once

#include "compiler/dil/text/lexer.h"
#include "compiler/dil/text/words.h"
#include "llvm/ADT/StringMap.h"
#include <optional>

namespace dream::dil {

class Reader {
public:
  Reader(Module &module, std::vector<Token> tokens, DiagnosticEngine &diags)
      : module(module), tokens(std::move(tokens)), diags(diags) {}

  void run();

private:
  // ---- reader.cpp: tokens and the module's items
  /// Past the current item there is nothing but its end.
  const Token &peek(size_t ahead = 0) const { return at + ahead < limit ? tokens[at + ahead] : tokens.back(); }
  Token next() { return at < limit ? tokens[at++] : tokens.back(); }
  bool accept(llvm::StringRef text);
  /// All of these report what is missing and give false.
  bool expect(llvm::StringRef text);
  bool expected(llvm::StringRef what);
  bool unknown(llvm::StringRef what, const Token &token);
  bool symbol(std::string &text, Token &token);
  bool integer(uint64_t &value);
  bool index(unsigned &value);
  /// The next token as a word of a table.
  template <typename E, size_t N> bool word(const words::Word (&table)[N], E &value, llvm::StringRef what);
  /// No token of the line may be left, places (@12:5) apart.
  bool endOfLine();
  bool atEndOfLine() const { return peek().startsLine || peek().kind == TokenKind::End || peek().is("}"); }
  void skipLine();

  void findItems();
  void registerItems();
  /// Sets the reader to an item's tokens, behind its first word, which is given back.
  Token enter(size_t item);
  void item(size_t index);
  bool globalLine();
  bool tableLine();
  bool functionRef(FuncId &id);
  bool constant(Constant &made, llvm::BumpPtrAllocator &storage);

  // ---- reader_types.cpp
  struct Declaration {
    NominalId id;
    size_t item;
    std::vector<FieldInfo> ownFields;
  };
  bool type(TypeId &id, unsigned depth = 0);
  bool baseType(TypeId &id, unsigned depth);
  bool brackets(TypeId &id);
  bool fixedType(llvm::StringRef word, TypeId &id) const;
  void registerNominal(NominalKind kind, size_t item);
  void declarations();
  bool nominalLine(Declaration &declaration);
  bool fieldList(std::vector<FieldInfo> &fields, llvm::StringRef close);
  bool fieldName(Name &name);
  bool enumCases(NominalInfo &info);
  void inheritFields();
  void checkContainment();

  // ---- reader_body.cpp
  struct ValueName {
    ValueId id;
    SourceLoc loc;
    bool isDefined = false;
  };
  void functionLine(Function &function);
  bool header(Function &function, std::vector<Token> &names);
  bool parameter(Param &param);
  void body(std::vector<Token> &names);
  void registerBlocks();
  bool isLabel() const;
  bool label();
  bool blockArgs(BlockId block);
  bool instruction(BlockId block);
  template <typename T> bool read(BlockId block, const Token &start, const Token *result, TypeId type, Ownership ownership);
  bool held(TypeId &type, Ownership &ownership);
  bool value(ValueId &id);
  bool values(llvm::SmallVectorImpl<ValueId> &ids, llvm::StringRef close);
  bool define(const Token &name, TypeId type, Ownership ownership, Inst *inst, BlockId block, ValueId &id);
  bool block(BlockId &id);
  bool arguments(CallBase &call);

  bool rest(ConstInst &inst);
  bool rest(FnRefInst &inst);
  bool rest(ArithInst &inst);
  bool rest(UnaryInst &inst);
  bool rest(CmpInst &inst);
  bool rest(ConvertInst &inst) { return value(inst.value); }
  bool rest(CheckInst &inst);
  bool rest(IntrinsicInst &inst);
  bool rest(MakeInst &inst) { return expect("(") && values(inst.parts, ")"); }
  bool rest(ProjectInst &inst) { return value(inst.value) && expect(",") && index(inst.index); }
  bool rest(VariantInst &inst) { return index(inst.variant) && expect("(") && values(inst.parts, ")"); }
  bool rest(TagInst &inst) { return value(inst.value); }
  bool rest(PayloadInst &inst) {
    return value(inst.value) && expect(",") && index(inst.variant) && expect(",") && index(inst.index);
  }
  bool rest(CastInst &inst) { return word(words::kCastKinds, inst.cast, "a kind of cast") && ((inst.looks = accept("look")), value(inst.value)); }
  bool rest(TypeIsInst &inst) { return value(inst.value) && expect(",") && type(inst.type); }
  bool rest(SlotInst &inst);
  bool rest(GlobalInst &inst);
  bool rest(FieldInst &inst) { return value(inst.base) && expect(",") && index(inst.field); }
  bool rest(ElemInst &inst) { return value(inst.base) && expect("[") && values(inst.indices, "]"); }
  bool rest(SpanInst &inst) {
    return value(inst.base) && (!accept(",") || (value(inst.first) && expect(",") && value(inst.count)));
  }
  bool rest(LenInst &inst);
  bool rest(AccessReadInst &inst) { return value(inst.place); }
  bool rest(AccessModifyInst &inst) { return value(inst.place); }
  bool rest(EndAccessInst &inst) { return value(inst.access); }
  bool rest(LoadCopyInst &inst);
  bool rest(LoadTakeInst &inst) { return value(inst.place); }
  bool rest(LoadBorrowInst &inst) { return value(inst.place); }
  bool rest(InitInst &inst) { return value(inst.place) && expect(",") && value(inst.value); }
  bool rest(AssignInst &inst) { return value(inst.place) && expect(",") && value(inst.value); }
  bool rest(UniqueInst &inst);
  bool rest(CopyInst &inst) { return value(inst.value); }
  bool rest(EndBorrowInst &inst) { return value(inst.value); }
  bool rest(DropInst &inst);
  bool rest(RegionOpenInst &inst);
  bool rest(RegionCloseInst &inst) { return value(inst.region); }
  bool rest(ArenaOpenInst &inst);
  bool rest(ArenaCloseInst &inst) { return value(inst.arena); }
  bool rest(DropSlotInst &inst);
  bool rest(DropIfInst &inst) { return value(inst.flag) && expect(",") && value(inst.place); }
  bool rest(StorageInst &inst);
  bool wish(Wish &wish);
  bool placed(PlacedInst &inst);
  bool rest(AllocInst &inst);
  bool rest(AllocArrayInst &inst) { return expect("[") && values(inst.lengths, "]") && wish(inst.wish) && placed(inst); }
  bool rest(ClosureInst &inst);
  bool rest(BoxInst &inst) { return value(inst.value) && placed(inst); }
  bool rest(UnboxInst &inst) { return value(inst.value); }
  bool rest(ReboxInst &inst) { return value(inst.box) && expect(",") && value(inst.value); }
  bool rest(WeakOfInst &inst) { return value(inst.value); }
  bool rest(WeakGetInst &inst) { return value(inst.value); }
  bool rest(LoadInst &inst) { return value(inst.place); }
  bool rest(StoreInst &inst) { return value(inst.place) && expect(",") && value(inst.value); }
  bool rest(RetainInst &inst) { return value(inst.value); }
  bool rest(ReleaseInst &inst);
  bool rest(CallInst &inst) { return functionRef(inst.callee) && arguments(inst); }
  bool rest(CallSlotInst &inst);
  bool rest(CallFnInst &inst) { return value(inst.callee) && arguments(inst); }
  bool rest(BrInst &inst);
  bool rest(CondBrInst &inst);
  bool rest(SwitchInst &inst);
  bool rest(ReturnInst &inst);
  bool rest(ThrowInst &inst) { return value(inst.value); }
  bool rest(YieldInst &inst) {
    return value(inst.value) && expect("resume") && block(inst.resume) && expect("dispose") && block(inst.dispose);
  }
  bool rest(UnreachableInst &inst) { return word(words::kReasons, inst.reason, "a reason"); }

  Module &module;
  std::vector<Token> tokens;
  DiagnosticEngine &diags;
  size_t at = 0, limit = 0;

  std::vector<size_t> items;  ///< Their first tokens.
  std::vector<size_t> bodies; ///< The item of each function.
  llvm::StringMap<TypeId> nominals;
  std::vector<Declaration> declared;
  llvm::StringMap<FuncId> functions;
  llvm::StringMap<GlobalId> globals;

  Function *function = nullptr;
  llvm::StringMap<ValueName> valueNames;
  llvm::StringMap<BlockId> blockNames;
};

template <typename E, size_t N> bool Reader::word(const words::Word (&table)[N], E &value, llvm::StringRef what) {
  if (peek().kind == TokenKind::Word)
    for (size_t i = 0; i < N; ++i)
      if (table[i] == peek().text) {
        value = E(i);
        next();
        return true;
      }
  return expected(what);
}

} // namespace dream::dil
