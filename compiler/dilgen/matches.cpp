// `match`, as a decision tree: the first test of the first arm that is left splits the arms into those that may still be
// taken on each of its ways, so that no value is asked twice for the same. Cases of enums, and numbers, become one switch.
// What cannot be split so (strings, types, comparisons) is asked arm by arm. An arm's body is made once; its names are
// given copies of the parts before the matched value is let go.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;
using sema::PatternTest;

class MatchTree {
public:
  MatchTree(FunctionGen &gen, const MatchExpr *match, size_t inner) : gen(gen), b(gen.b), match(match), inner(inner) {
    for (size_t i = 0; i < match->arms.size(); ++i)
      arms.push_back(b.addBlock());
    budget = 64 + 8 * unsigned(match->arms.size());
  }

  void run(llvm::ArrayRef<ValueId> values) {
    std::vector<Row> rows;
    for (unsigned i = 0; i < match->arms.size(); ++i) {
      Row row;
      row.arm = i;
      spread(match->arms[i]->pattern, values, row, rows);
    }
    build(std::move(rows));
  }

  std::vector<BlockId> arms;
  /// A matched value that is given away: its slot, and the value as it is looked at there.
  std::pair<ValueId, ValueId> given;

private:
  struct Test {
    ValueId value;
    const Pattern *pattern;
  };
  struct Row {
    llvm::SmallVector<Test, 4> tests, bound; ///< What is still asked; names that were met on the way.
    unsigned arm = 0;
  };

  const sema::PatternFacts &factsOf(const Pattern *pattern) const { return gen.program.patterns.get(pattern); }
  TypeId typeOf(ValueId value) const { return gen.typeOf(value); }

  /// Several values are matched like the parts of a tuple.
  void spread(const Pattern *pattern, llvm::ArrayRef<ValueId> values, Row row, std::vector<Row> &out) {
    if (values.size() == 1) {
      row.tests.push_back({values[0], pattern});
      out.push_back(std::move(row));
      return;
    }
    if (auto *both = llvm::dyn_cast<BinaryPattern>(pattern); both && !both->isAnd) {
      spread(both->lhs, values, row, out);
      spread(both->rhs, values, std::move(row), out);
      return;
    }
    auto *typed = llvm::dyn_cast<TypePattern>(pattern);
    if (factsOf(pattern).test == PatternTest::Tuple && typed && !typed->designator && !typed->hasProperties) {
      for (size_t i = 0; i < values.size() && i < typed->parts.size(); ++i)
        row.tests.push_back({values[i], typed->parts[i]});
      out.push_back(std::move(row));
      return;
    }
    if (llvm::isa<WildcardPattern>(pattern)) {
      out.push_back(std::move(row));
      return;
    }
    // Anything else looks at them together.
    if (!together.isValid())
      together = gen.lookAt(b.make(factsOf(pattern).of, copies(values)));
    row.tests.push_back({together, pattern});
    out.push_back(std::move(row));
  }
  llvm::SmallVector<ValueId, 2> copies(llvm::ArrayRef<ValueId> values) {
    llvm::SmallVector<ValueId, 2> result;
    for (ValueId value : values)
      result.push_back(gen.isBorrowed(value) ? b.copy(value) : value);
    return result;
  }

  /// Takes what needs no question off the rows, and splits alternatives at `value` into rows of their own.
  void normalize(std::vector<Row> &rows, ValueId value) {
    for (size_t r = 0; r < rows.size(); ++r) {
      for (size_t i = 0; i < rows[r].tests.size();) {
        Test test = rows[r].tests[i];
        PatternTest kind = factsOf(test.pattern).test;
        if (kind == PatternTest::Always) {
          rows[r].bound.push_back(test);
          rows[r].tests.erase(rows[r].tests.begin() + i);
          continue;
        }
        auto *both = llvm::dyn_cast<BinaryPattern>(test.pattern);
        if (!both || test.value != value || (!both->isAnd && rows.size() > kMaxRows) ||
            gen.narrowedBy(both, typeOf(value)).isValid()) {
          ++i;
          continue;
        }
        rows[r].tests[i].pattern = both->lhs;
        if (both->isAnd) {
          rows[r].tests.insert(rows[r].tests.begin() + i + 1, Test{value, both->rhs});
          continue;
        }
        Row other = rows[r];
        other.tests[i].pattern = both->rhs;
        rows.insert(rows.begin() + r + 1, std::move(other));
      }
    }
  }

  /// Names are given copies; what moves is taken afterwards, when nobody looks at the value any more.
  void bind(const Row &row) {
    for (const Test &test : row.bound) {
      if (takes(test))
        continue;
      const sema::PatternFacts &facts = factsOf(test.pattern);
      if (auto *names = llvm::dyn_cast<VarPattern>(test.pattern)) {
        if (names->names)
          gen.bindNames(names->names, test.value, /*declares=*/false);
      } else if (facts.variable.isValid()) {
        gen.bindTo(facts.variable, test.value);
      }
    }
  }

  /// The test binds something that moves.
  bool takes(const Test &test) const {
    if (auto *names = llvm::dyn_cast<VarPattern>(test.pattern); names && names->names)
      return gen.types.isMoveOnly(typeOf(test.value));
    VariableId variable = factsOf(test.pattern).variable;
    return variable.isValid() && gen.types.isMoveOnly(gen.program[variable].type);
  }
  /// The place in the matched value's slot that a part of it was seen at.
  ValueId placeOf(ValueId seen) {
    if (seen == given.second)
      return given.first;
    const dil::Inst *inst = gen.fn[seen].definition;
    if (auto *payload = llvm::dyn_cast<dil::PayloadInst>(inst)) {
      ValueId outer = placeOf(payload->value);
      return b.field(outer, gen.types.firstPart(typeOf(outer), payload->variant) + payload->index);
    }
    if (auto *part = llvm::dyn_cast<dil::ProjectInst>(inst))
      return b.field(placeOf(part->value), part->index);
    return placeOf(llvm::cast<dil::CastInst>(inst)->value); // an optional reference that holds something
  }
  void takeNames(const NamesTree *names, ValueId place) {
    for (unsigned i = 0; i < names->children.size(); ++i)
      takeNames(names->children[i], b.field(place, i));
    VariableId variable = names->variable ? gen.program.declared.get(names->variable) : VariableId();
    if (names->children.empty() && variable.isValid())
      b.assign(gen.storage[variable].value, gen.takeAt(place));
  }
  void take(const Row &row) {
    for (const Test &test : row.bound) {
      if (!takes(test))
        continue;
      ValueId place = placeOf(test.value);
      if (auto *names = llvm::dyn_cast<VarPattern>(test.pattern); names && names->names) {
        takeNames(names->names, place);
        continue;
      }
      VariableId variable = factsOf(test.pattern).variable;
      ValueId value = b.loadTake(place);
      if (TypeId type = gen.program[variable].type; typeOf(value) != type)
        value = b.cast(dil::CastKind::Unwrap, value, type);
      b.assign(gen.storage[variable].value, value);
    }
  }

  /// The matched value is let go, and the arm begins.
  void enter(unsigned arm, const Row &row) {
    llvm::SmallVector<Cleanup, 16> all = gen.cleanups;
    if (llvm::any_of(row.bound, [&](const Test &test) { return takes(test); })) {
      b.endBorrow(given.second);
      llvm::erase_if(gen.cleanups, [&](const Cleanup &cleanup) { return cleanup.kind == Cleanup::Kind::EndBorrow && cleanup.value == given.second; });
      take(row);
    }
    gen.endTo(inner);
    b.br(arms[arm]);
    gen.cleanups = std::move(all);
  }

  void build(std::vector<Row> rows) {
    if (rows.empty())
      return fail();
    normalize(rows, rows.front().tests.empty() ? ValueId() : rows.front().tests.front().value);
    if (rows.front().tests.empty())
      return leaf(std::move(rows));
    // Taking `Always` off may have brought another value to the front.
    ValueId value = rows.front().tests.front().value;
    normalize(rows, value);
    if (rows.front().tests.empty())
      return leaf(std::move(rows));
    const Test test = rows.front().tests.front();
    if (test.value != value)
      return build(std::move(rows));
    if (budget == 0)
      return inOrder(std::move(rows));
    --budget;
    PatternTest kind = factsOf(test.pattern).test;
    TypeId type = typeOf(value);
    if (gen.types.kind(type) == TypeKind::Optional && kind != PatternTest::Not && kind != PatternTest::And && kind != PatternTest::Or)
      return splitOptional(std::move(rows), value);
    bool isNumber = gen.types.isInteger(type) || type == types::Char || gen.types.kind(type) == TypeKind::Enum || type == types::Bool;
    switch (kind) {
    case PatternTest::Variant: return splitCases(std::move(rows), value);
    case PatternTest::Tuple: return splitTuple(std::move(rows), value);
    case PatternTest::Constant:
      if (isNumber)
        return splitConstants(std::move(rows), value);
      return inOrder(std::move(rows));
    case PatternTest::Always:
    case PatternTest::Null:
    case PatternTest::Relational:
    case PatternTest::Range:
    case PatternTest::Type:
    case PatternTest::Not:
    case PatternTest::And:
    case PatternTest::Or: return inOrder(std::move(rows));
    }
  }

  void fail() {
    std::string name = match->values.size() == 1 ? gen.types.spell(gen.program.facts(match->values[0]).type) : "a tuple";
    b.check(dil::CheckKind::Matched, b.constBool(false), {}, {}, gen.fn.copyText(name));
    b.unreachable(dil::UnreachableReason::Never);
  }

  void leaf(std::vector<Row> rows) {
    Row row = std::move(rows.front());
    if (!take(row))
      return;
    rows.erase(rows.begin());
    build(std::move(rows));
  }

  /// The row's arm. True if its guard may say no: then the way on is open.
  bool take(Row &row) {
    bind(row);
    const MatchArm *arm = match->arms[row.arm];
    if (!arm->guard) {
      enter(row.arm, row);
      return false;
    }
    FunctionGen::Position saved = gen.statementStart;
    FunctionGen::Branches ways = gen.emitCondition(arm->guard);
    gen.statementStart = saved;
    b.setBlock(ways.whenTrue);
    enter(row.arm, row);
    b.setBlock(ways.whenFalse);
    return true;
  }

  /// The first row's tests one by one; if one fails, the other rows.
  void inOrder(std::vector<Row> rows) {
    Row row = std::move(rows.front());
    rows.erase(rows.begin());
    BlockId rest = b.addBlock();
    for (const Test &test : row.tests) {
      BlockId next = b.addBlock();
      gen.emitPattern(test.pattern, test.value, next, rest);
      b.setBlock(next);
    }
    row.tests.clear();
    if (take(row))
      b.br(rest);
    b.setBlock(rest);
    build(std::move(rows));
  }

  static int findTest(const Row &row, ValueId value, llvm::function_ref<bool(const Pattern *)> wanted) {
    for (size_t i = 0; i < row.tests.size(); ++i)
      if (row.tests[i].value == value && wanted(row.tests[i].pattern))
        return int(i);
    return -1;
  }

  /// Nothing, or something: what looks further looks at the value inside.
  void splitOptional(std::vector<Row> rows, ValueId value) {
    BlockId none = b.addBlock(), some = b.addBlock();
    b.condBr(gen.nullTest(value, dil::CmpOp::Ne), some, none);
    auto isNull = [&](const Pattern *pattern) { return factsOf(pattern).test == PatternTest::Null; };
    auto isNotNull = [&](const Pattern *pattern) {
      auto *inverse = llvm::dyn_cast<NotPattern>(pattern);
      return inverse && isNull(inverse->inner);
    };
    auto looksOn = [&](const Pattern *pattern) { return !llvm::isa<NotPattern, BinaryPattern>(pattern) && !isNull(pattern); };
    std::vector<Row> whenNone, whenSome;
    b.setBlock(some);
    ValueId content = gen.contentOf(value);
    for (const Row &row : rows) {
      bool wantsNull = findTest(row, value, isNull) >= 0;
      bool wantsSome = findTest(row, value, looksOn) >= 0 || findTest(row, value, isNotNull) >= 0;
      Row next = row;
      llvm::erase_if(next.tests, [&](const Test &test) { return test.value == value && (isNull(test.pattern) || isNotNull(test.pattern)); });
      if (!wantsSome)
        whenNone.push_back(next);
      if (wantsNull)
        continue;
      for (Test &test : next.tests)
        if (test.value == value && looksOn(test.pattern))
          test.value = content;
      // `{ }`, or a type that it is of anyway, asks no more than that there is something.
      llvm::SmallVector<Test, 4> left;
      for (const Test &test : next.tests)
        (test.value == content && asksNothing(test) ? next.bound : left).push_back(test);
      next.tests = std::move(left);
      whenSome.push_back(std::move(next));
    }
    build(std::move(whenSome));
    b.setBlock(none);
    build(std::move(whenNone));
  }
  bool asksNothing(const Test &test) {
    auto *typed = llvm::dyn_cast<TypePattern>(test.pattern);
    return typed && factsOf(test.pattern).test == PatternTest::Type && !typed->hasProperties && factsOf(test.pattern).type == typeOf(test.value);
  }

  void splitTuple(std::vector<Row> rows, ValueId value) {
    llvm::SmallVector<ValueId, 4> parts(gen.types[typeOf(value)].args.size());
    auto isTuple = [&](const Pattern *pattern) {
      return factsOf(pattern).test == PatternTest::Tuple && !llvm::cast<TypePattern>(pattern)->hasProperties;
    };
    if (!isTuple(rows.front().tests.front().pattern))
      return inOrder(std::move(rows));
    for (Row &row : rows)
      for (int i; (i = findTest(row, value, isTuple)) >= 0;)
        openParts(row, size_t(i), value, parts, [&](unsigned part) { return b.project(value, part); });
    build(std::move(rows));
  }

  /// Replaces a test by those of its parts.
  void openParts(Row &row, size_t at, ValueId value, llvm::MutableArrayRef<ValueId> parts, llvm::function_ref<ValueId(unsigned)> partOf) {
    Test test = row.tests[at];
    row.tests.erase(row.tests.begin() + at);
    auto *typed = llvm::cast<TypePattern>(test.pattern);
    if (factsOf(test.pattern).variable.isValid())
      row.bound.push_back({value, test.pattern});
    for (unsigned i = 0; i < typed->parts.size() && i < parts.size(); ++i) {
      if (llvm::isa<WildcardPattern>(typed->parts[i]))
        continue;
      if (!parts[i].isValid())
        parts[i] = partOf(i);
      row.tests.insert(row.tests.begin() + at++, Test{parts[i], typed->parts[i]});
    }
  }

  void splitCases(std::vector<Row> rows, ValueId value) {
    TypeId type = typeOf(value);
    const NominalInfo &info = gen.types.info(type);
    // Members are asked for in order, like everything that may run code.
    auto isCase = [&](const Pattern *pattern) { return factsOf(pattern).test == PatternTest::Variant && !llvm::cast<TypePattern>(pattern)->hasProperties; };
    if (findTest(rows.front(), value, isCase) != 0 && !isCase(rows.front().tests.front().pattern))
      return inOrder(std::move(rows));
    llvm::SmallVector<unsigned, 8> wanted;
    for (const Row &row : rows)
      if (int i = findTest(row, value, isCase); i >= 0)
        if (unsigned number = factsOf(row.tests[i].pattern).variant; !llvm::is_contained(wanted, number))
          wanted.push_back(number);
    bool hasPayload = info.hasPayload(), isComplete = hasPayload && wanted.size() == info.cases.size();
    llvm::SmallVector<BlockId, 8> blocks;
    for (size_t i = 0; i < wanted.size(); ++i)
      blocks.push_back(b.addBlock());
    // A tag always names a case, so the last one need not be asked for.
    BlockId otherwise = isComplete ? blocks.back() : b.addBlock();
    ValueId tag = gen.tagOf(value);
    if (wanted.size() == 1 && isComplete) {
      b.br(blocks[0]);
    } else {
      dil::SwitchInst *inst = b.switchOn(tag, otherwise);
      for (size_t i = 0; i + isComplete < wanted.size(); ++i)
        inst->cases.push_back({uint64_t(info.cases[wanted[i]].value), blocks[i]});
    }
    for (size_t w = 0; w < wanted.size(); ++w) {
      b.setBlock(blocks[w]);
      unsigned number = wanted[w];
      llvm::SmallVector<ValueId, 4> parts(info.cases[number].parts.size());
      buildWhere(rows, value, isCase, [&](const Pattern *pattern) { return factsOf(pattern).variant == number; },
                 [&](Row &row, size_t i) {
                   openParts(row, i, value, parts, [&](unsigned part) { return b.payload(value, number, part); });
                 });
    }
    if (!isComplete)
      buildWithout(otherwise, std::move(rows), value, isCase);
  }

  /// Goes on with the rows whose test of the value holds, which `open` puts something else for, and with those without one.
  void buildWhere(llvm::ArrayRef<Row> rows, ValueId value, llvm::function_ref<bool(const Pattern *)> isTest,
                  llvm::function_ref<bool(const Pattern *)> holds, llvm::function_ref<void(Row &, size_t)> open) {
    std::vector<Row> inside;
    for (const Row &row : rows) {
      int i = findTest(row, value, isTest);
      if (i >= 0 && !holds(row.tests[i].pattern))
        continue;
      inside.push_back(row);
      if (i >= 0)
        open(inside.back(), size_t(i));
    }
    build(std::move(inside));
  }
  /// Goes on in a block where no test of the value holds.
  void buildWithout(BlockId block, std::vector<Row> rows, ValueId value, llvm::function_ref<bool(const Pattern *)> isTest) {
    b.setBlock(block);
    llvm::erase_if(rows, [&](const Row &row) { return findTest(row, value, isTest) >= 0; });
    build(std::move(rows));
  }

  void splitConstants(std::vector<Row> rows, ValueId value) {
    auto isConstant = [&](const Pattern *pattern) { return factsOf(pattern).test == PatternTest::Constant; };
    auto bitsOf = [&](const Pattern *pattern) { return gen.program.constants[factsOf(pattern).constant].bits; };
    llvm::SmallVector<uint64_t, 8> wanted;
    for (const Row &row : rows)
      if (int i = findTest(row, value, isConstant); i >= 0)
        if (uint64_t bits = bitsOf(row.tests[i].pattern); !llvm::is_contained(wanted, bits))
          wanted.push_back(bits);
    llvm::SmallVector<BlockId, 8> blocks;
    for (size_t i = 0; i < wanted.size(); ++i)
      blocks.push_back(b.addBlock());
    bool isBool = typeOf(value) == types::Bool, isComplete = isBool && wanted.size() == 2;
    BlockId otherwise = isComplete ? BlockId() : b.addBlock();
    if (isBool) {
      BlockId other = isComplete ? blocks[1] : otherwise;
      b.condBr(value, wanted[0] ? blocks[0] : other, wanted[0] ? other : blocks[0]);
    } else {
      dil::SwitchInst *inst = b.switchOn(value, otherwise);
      for (size_t i = 0; i < wanted.size(); ++i)
        inst->cases.push_back({wanted[i], blocks[i]});
    }
    for (size_t w = 0; w < wanted.size(); ++w) {
      b.setBlock(blocks[w]);
      buildWhere(rows, value, isConstant, [&](const Pattern *pattern) { return bitsOf(pattern) == wanted[w]; },
                 [](Row &row, size_t i) { row.tests.erase(row.tests.begin() + i); });
    }
    if (!isComplete)
      buildWithout(otherwise, std::move(rows), value, isConstant);
  }

  static constexpr size_t kMaxRows = 256; ///< Beyond, alternatives are asked in order.

  FunctionGen &gen;
  dil::Builder &b;
  const MatchExpr *match;
  size_t inner;
  ValueId together;
  unsigned budget; ///< Of splits; without one, arms are asked in order, so that the code stays linear.
};

ValueId FunctionGen::emitMatch(const MatchExpr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  size_t start = mark();
  for (const MatchArm *arm : expr->arms) {
    llvm::SmallVector<VariableId, 4> bound;
    collectPattern(program, arm->pattern, bound);
    for (VariableId variable : bound)
      declareSlot(variable);
  }
  size_t inner = mark();
  llvm::SmallVector<ValueId, 2> values;
  std::pair<ValueId, ValueId> given;
  for (const Expr *value : expr->values) {
    bool moves = types.isMoveOnly(program.facts(value).type) && expr->values.size() == 1 && program.facts(expr).matchTakes;
    ValueId matched = emit(value, moves ? Want::Own : Want::Borrow);
    if (!matched.isValid())
      return unreachableValue(facts.type);
    values.push_back(lookAt(matched));
    if (moves)
      given = {llvm::cast<dil::LoadBorrowInst>(fn[values.back()].definition)->place, values.back()};
  }
  Position savedStart = statementStart;
  MatchTree tree(*this, expr, inner);
  tree.given = given;
  tree.run(values);
  // In the arms, what the values needed is gone, but for what lives to the end of the statement.
  llvm::SmallVector<Cleanup, 16> sticky;
  for (size_t i = inner; i < cleanups.size(); ++i)
    if (cleanups[i].isSticky)
      sticky.push_back(cleanups[i]);
  cleanups.resize(inner, Cleanup());
  cleanups.append(sticky.begin(), sticky.end());
  invalidateLandings(inner);

  BlockId join = b.addBlock();
  bool hasValue = facts.type != types::Void && facts.type != types::Never;
  for (size_t i = 0; i < expr->arms.size(); ++i) {
    const MatchArm *arm = expr->arms[i];
    llvm::SmallVector<Cleanup, 16> all = cleanups;
    b.setBlock(tree.arms[i]);
    startStatement();
    size_t body = mark();
    ValueId result;
    auto give = [&](const Expr *value) {
      if (hasValue)
        result = emit(value, Want::Own);
      else
        emitDiscard(value);
    };
    if (arm->expr) {
      give(arm->expr);
    } else {
      emitList(arm->block->statements);
      if (arm->blockValue && !isTerminated()) {
        startStatement();
        declareBindings(arm->blockValue);
        give(arm->blockValue);
      }
    }
    if (!isTerminated()) {
      if (hasValue && !result.isValid())
        result = unreachableValue(facts.type);
      endAll(body);
      endTo(start);
      if (hasValue)
        branchTo(join, result);
      else
        branchTo(join);
    }
    cleanups = std::move(all);
  }
  cleanups.resize(start, Cleanup());
  cleanups.append(sticky.begin(), sticky.end());
  invalidateLandings(start);
  statementStart = savedStart;
  b.setBlock(join);
  return hasValue ? joinArgument(join, facts.type) : ValueId();
}

} // namespace dream::dilgen
