#include "compiler/dil/text/reader.h"
#include "compiler/dil/text.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

namespace dream::dil {

//===-- Tokens ------------------------------------------------------------------------------------------------===//

bool Reader::accept(llvm::StringRef text) {
  if (!peek().is(text))
    return false;
  next();
  return true;
}

bool Reader::expected(llvm::StringRef what) {
  diags.report(DiagId::DilExpected, peek().loc) << what;
  return false;
}

bool Reader::expect(llvm::StringRef text) { return accept(text) || expected(("'" + text + "'").str()); }

bool Reader::unknown(llvm::StringRef what, const Token &token) {
  diags.report(DiagId::DilUnknown, token.loc) << what << unquote(token.text);
  return false;
}

bool Reader::symbol(std::string &text, Token &token) {
  if (peek().kind != TokenKind::Symbol)
    return expected("a symbol");
  token = next();
  text = unquote(token.text);
  return true;
}

bool Reader::integer(uint64_t &value) {
  if (peek().kind != TokenKind::Integer)
    return expected("an integer");
  Token token = next();
  int64_t negative = 0;
  bool isNegative = token.text.starts_with("-");
  if (isNegative ? token.text.getAsInteger(0, negative) : token.text.getAsInteger(0, value)) {
    diags.report(DiagId::DilBadToken, token.loc) << "this integer needs more than 64 bits";
    return false;
  }
  if (isNegative)
    value = uint64_t(negative);
  return true;
}

bool Reader::index(unsigned &value) {
  uint64_t wide = 0;
  SourceLoc loc = peek().loc;
  if (!integer(wide))
    return false;
  value = unsigned(wide);
  if (value == wide)
    return true;
  diags.report(DiagId::DilBadToken, loc) << "this integer needs more than 32 bits";
  return false;
}

bool Reader::endOfLine() {
  while (peek().kind == TokenKind::Location)
    next();
  return atEndOfLine() || expected("the end of the line");
}

void Reader::skipLine() {
  while (!peek().startsLine && peek().kind != TokenKind::End)
    next();
}

//===-- The module --------------------------------------------------------------------------------------------===//

void Reader::run() {
  findItems();
  registerItems();
  declarations();
  for (size_t i = 0; i < items.size(); ++i)
    item(i);
  for (size_t i = 0; i < bodies.size(); ++i) {
    enter(bodies[i]);
    functionLine(module.functions[i]);
  }
}

/// An item begins with a line outside all braces.
void Reader::findItems() {
  unsigned depth = 0;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (depth == 0 && (tokens[i].startsLine || i == 0))
      items.push_back(i);
    if (tokens[i].is("{"))
      ++depth;
    else if (tokens[i].is("}"))
      depth -= depth > 0;
  }
}

Token Reader::enter(size_t item) {
  at = items[item];
  limit = item + 1 < items.size() ? items[item + 1] : tokens.size() - 1;
  return next();
}

/// Gives every type, variable and function its id, in the order of the text.
void Reader::registerItems() {
  for (size_t i = 0; i < items.size(); ++i) {
    Token token = enter(i);
    for (size_t kind = 0; kind < std::size(words::kNominalKinds); ++kind)
      if (token.is(words::kNominalKinds[kind]))
        registerNominal(NominalKind(kind), i);
    if (token.is("global")) {
      Global global;
      global.symbol = unquote(peek().text);
      global.type = types::Error;
      global.loc = peek().loc;
      GlobalId id = module.addGlobal(global);
      if (!globals.try_emplace(global.symbol, id).second)
        diags.report(DiagId::DilRedefined, peek().loc) << "variable" << global.symbol;
    } else if (token.is("fn")) {
      bodies.push_back(i);
      FuncId id = module.addFunction();
      Function &function = module[id];
      for (FuncKind kind : {FuncKind::Runtime, FuncKind::C})
        if (accept(words::spell(words::kFuncKinds, kind)))
          function.kind = kind;
      function.loc = peek().loc;
      function.symbol = unquote(peek().text);
      if (!functions.try_emplace(function.symbol, id).second)
        diags.report(DiagId::DilRedefined, peek().loc) << "function" << function.symbol;
    }
  }
}

void Reader::item(size_t index) {
  Token token = enter(index);
  bool isGood = false;
  if (token.is("dil"))
    isGood = word(words::kStages, module.stage, "a stage");
  else if (token.is("exception"))
    isGood = type(module.exceptionType);
  else if (token.is("entry"))
    isGood = functionRef(module.entry);
  else if (token.is("initialise"))
    isGood = functionRef(module.initialise);
  else if (token.is("finalise"))
    isGood = functionRef(module.finalise);
  else if (token.is("describe"))
    isGood = functionRef(module.describe);
  else if (token.is("global"))
    isGood = globalLine();
  else if (token.is("table"))
    isGood = tableLine();
  else if (token.is("fn") || llvm::any_of(words::kNominalKinds, [&](llvm::StringRef word) { return token.is(word); }))
    return; // before or after the other items
  else
    diags.report(DiagId::DilExpected, token.loc) << "a declaration";
  if (isGood && peek().kind != TokenKind::End)
    expected("the end of the declaration");
}

bool Reader::functionRef(FuncId &id) {
  Token token;
  std::string name;
  if (!symbol(name, token))
    return false;
  auto found = functions.find(name);
  if (found == functions.end())
    return unknown("function", token);
  id = found->second;
  return true;
}

bool Reader::globalLine() {
  Token token;
  std::string name;
  if (!symbol(name, token))
    return false;
  Global &global = module[globals.find(name)->second];
  if (!expect(":") || !type(global.type))
    return false;
  if (!accept("="))
    return true;
  ConstInst *initial = module.addConstant();
  initial->loc = peek().loc;
  global.initial = initial;
  return constant(*initial, module.storage());
}

bool Reader::tableLine() {
  ClassTable table;
  if (!type(table.type) || !expect("{"))
    return false;
  auto list = [&](std::vector<FuncId> &ids) {
    for (;;) {
      if (accept("-"))
        ids.emplace_back();
      else if (peek().kind != TokenKind::Symbol)
        return true;
      else if (!functionRef(ids.emplace_back()))
        return false;
    }
  };
  bool isGood = true;
  while (isGood && !accept("}")) {
    if (accept("vtable"))
      isGood = list(table.vtable);
    else if (accept("implements"))
      isGood = type(table.interfaces.emplace_back().interface) && list(table.interfaces.back().methods);
    else if (accept("destructor"))
      isGood = functionRef(table.destructor);
    else if (accept("to_string"))
      isGood = functionRef(table.toString);
    else
      isGood = expected("'vtable', 'implements', 'destructor', 'to_string' or '}'");
  }
  if (isGood)
    module.classes.push_back(std::move(table));
  return isGood;
}

bool Reader::constant(Constant &made, llvm::BumpPtrAllocator &storage) {
  Token token = peek();
  switch (token.kind) {
  case TokenKind::Integer:
    made.constKind = ConstKind::Int;
    return integer(made.bits);
  case TokenKind::String:
    made.constKind = ConstKind::String;
    made.text = llvm::StringRef(unquote(next().text)).copy(storage);
    return true;
  case TokenKind::Char: {
    made.constKind = ConstKind::Char;
    next();
    llvm::StringRef text = token.text.drop_front();
    text.consume_back("'");
    if (text.size() == 1) {
      made.bits = uint8_t(text[0]);
      return true;
    }
    if (text.consume_front("\\u{") && text.consume_back("}") && !text.getAsInteger(16, made.bits))
      return true;
    diags.report(DiagId::DilBadToken, token.loc) << "a character is 'c' or '\\u{hexadecimal}'";
    return false;
  }
  case TokenKind::Word:
    next();
    if (token.text == "true" || token.text == "false") {
      made.constKind = ConstKind::Bool;
      made.bits = token.text == "true";
      return true;
    }
    if (token.text == "null" || token.text == "zero") {
      made.constKind = token.text == "null" ? ConstKind::Null : ConstKind::Zero;
      return true;
    }
    if (token.text == "float") {
      made.constKind = ConstKind::Float;
      if (accept("bits")) {
        uint64_t bits = 0;
        if (!integer(bits))
          return false;
        std::memcpy(&made.number, &bits, sizeof bits);
        return true;
      }
      if (peek().kind == TokenKind::Integer || peek().kind == TokenKind::Number)
        return !next().text.getAsDouble(made.number) || expected("a number");
      return expected("a number");
    }
    --at;
    break;
  case TokenKind::Punct: {
    if (!accept("["))
      break;
    std::vector<Constant> parts;
    while (!accept("]"))
      if ((!parts.empty() && !expect(",")) || !constant(parts.emplace_back(), storage))
        return false;
    made.constKind = ConstKind::Parts;
    made.parts = llvm::ArrayRef(parts).copy(storage);
    return true;
  }
  case TokenKind::End: case TokenKind::Value: case TokenKind::Symbol: case TokenKind::Location: case TokenKind::Number:
    break;
  }
  return expected("a constant");
}

std::unique_ptr<Module> parse(TypeTable &types, NameTable &names, const SourceManager &sources, FileId file,
                              DiagnosticEngine &diags) {
  unsigned before = diags.errorCount();
  auto module = std::make_unique<Module>(types, names);
  Reader(*module, lexText(sources.text(file), sources.start(file), diags), diags).run();
  return diags.errorCount() == before ? std::move(module) : nullptr;
}

} // namespace dream::dil
