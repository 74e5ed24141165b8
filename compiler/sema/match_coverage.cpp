// Whether the arms of a `match` cover every value, and which arms never get one. The algorithm is that of Maranget's
// "Warnings for pattern matching" (2007): a matrix of patterns is asked for a value that no row takes, by splitting its
// first column into the constructors of its type. Patterns are first put into a small language of their own:
//   anything; a constructor with parts; one of several; and "opaque", which may take some values that nobody can tell.
#include "compiler/sema/checker.h"

namespace dream::sema {

using namespace ast;

namespace {

using Wide = __int128;

/// A pattern of the matrix. Integers and characters are intervals; a constructor is numbered as its type says.
struct Cell {
  enum class Kind : uint8_t { Any, Case, Interval, Constant, OneOf, Opaque } kind = Kind::Any;
  unsigned number = 0;       ///< Case: of the enum; bool: 0, 1; optional: 0 null, 1 a value; tuple: 0.
  Wide low = 0, high = 0;    ///< Interval.
  uint32_t constant = 0;     ///< Constant: of a string or float.
  std::vector<Cell> parts;   ///< Case, OneOf.
  SourceRange range;
};
using Row = std::vector<Cell>;

class Coverage {
public:
  Coverage(Program &program, std::function<void(NominalId)> need) : program(program), types(program.types), need(std::move(need)) {}

  Cell cellOf(const Pattern *pattern, TypeId type) {
    Cell cell = lower(pattern, type);
    cell.range = pattern->range;
    return cell;
  }

  /// A value that no row takes, as patterns; nothing if there is none.
  std::optional<std::vector<std::string>> missing(std::vector<Row> rows, std::vector<TypeId> columns);
  /// Some value is taken by `row` and by none of `rows`.
  bool isUseful(std::vector<Row> rows, Row row, std::vector<TypeId> columns);
  bool isExhausted() const { return budget == 0; }

  static bool hasOpaque(const Cell &cell) {
    return cell.kind == Cell::Kind::Opaque || llvm::any_of(cell.parts, [](const Cell &part) { return hasOpaque(part); });
  }

private:
  // ---- Constructors of types
  struct Ctor {
    unsigned number = 0;
    Wide low = 0, high = 0;
    uint32_t constant = 0;
    std::vector<TypeId> parts;
  };
  bool isDiscrete(TypeId type) const { return types.isInteger(type) || type == types::Char; }
  void domain(TypeId type, Wide &low, Wide &high) const {
    if (type == types::Char) {
      low = 0, high = 0x10ffff;
      return;
    }
    unsigned bits = types.bits(type);
    low = types.isSigned(type) ? -(Wide(1) << (bits - 1)) : 0;
    high = types.isSigned(type) ? (Wide(1) << (bits - 1)) - 1 : (Wide(1) << bits) - 1;
  }
  std::vector<TypeId> partsOf(TypeId type, unsigned number) {
    const Type &row = types[type];
    std::vector<TypeId> parts;
    if (row.kind == TypeKind::Tuple)
      parts.assign(row.args.begin(), row.args.end());
    else if (row.kind == TypeKind::Optional && number == 1)
      parts.push_back(row.element);
    else if (row.kind == TypeKind::Enum)
      for (const FieldInfo &part : types.info(type).cases[number].parts)
        parts.push_back(part.type);
    return parts;
  }
  /// How many constructors the type has; 0: too many to name.
  unsigned countOf(TypeId type) {
    switch (types.kind(type)) {
    case TypeKind::Bool: case TypeKind::Optional: return 2;
    case TypeKind::Tuple: return 1;
    case TypeKind::Enum:
      need(types[type].nominal);
      return types.info(type).cases.size();
    default: return 0;
    }
  }

  Cell lower(const Pattern *pattern, TypeId type);
  Cell constantCell(uint32_t constant, TypeId type, const ConstValue *high = nullptr);
  static Cell any() { return {}; }
  static Cell opaque() { Cell cell; cell.kind = Cell::Kind::Opaque; return cell; }
  Cell caseOf(TypeId type, unsigned number, std::vector<Cell> parts = {}) {
    Cell cell;
    cell.kind = Cell::Kind::Case;
    cell.number = number;
    cell.parts = std::move(parts);
    cell.parts.resize(partsOf(type, number).size());
    return cell;
  }
  static Cell interval(Wide low, Wide high) {
    Cell cell;
    cell.kind = Cell::Kind::Interval;
    cell.low = low;
    cell.high = high;
    return cell;
  }
  static Cell oneOf(std::vector<Cell> cells) {
    Cell cell;
    cell.kind = Cell::Kind::OneOf;
    cell.parts = std::move(cells);
    return cell;
  }
  static bool isAny(const Cell &cell) { return cell.kind == Cell::Kind::Any; }
  Cell inverse(const Cell &cell, TypeId type);

  /// The rows that may take a value of the constructor, with the first column replaced by its parts.
  std::vector<Row> specialize(const std::vector<Row> &rows, const Ctor &ctor, TypeId type);
  void split(const Row &row, std::vector<Row> &out);
  std::vector<Ctor> constructorsIn(const std::vector<Row> &rows, TypeId type, bool &isComplete);
  bool takes(const Cell &cell, const Ctor &ctor) const;
  std::string show(const Ctor &ctor, TypeId type, llvm::ArrayRef<std::string> parts);
  std::string showOther(const std::vector<Row> &rows, TypeId type, const std::vector<Ctor> &seen, Ctor &missing);

  Program &program;
  TypeTable &types;
  std::function<void(NominalId)> need;
  unsigned budget = 20000;
};

//===-- From patterns -----------------------------------------------------------------------------------------===//

Wide wide(const ConstValue &value) { return value.isUnsigned || value.kind != ConstValue::Kind::Int ? Wide(value.bits) : Wide(int64_t(value.bits)); }

Cell Coverage::constantCell(uint32_t constant, TypeId type, const ConstValue *) {
  const ConstValue &value = program.constants[constant];
  if (value.kind == ConstValue::Kind::Bool)
    return caseOf(types::Bool, value.bits ? 1 : 0);
  if (isDiscrete(type) && (value.kind == ConstValue::Kind::Int || value.kind == ConstValue::Kind::Char))
    return interval(wide(value), wide(value));
  if (types.kind(type) == TypeKind::Enum && value.kind == ConstValue::Kind::Int) {
    need(types[type].nominal);
    const NominalInfo &info = types.info(type);
    for (unsigned i = 0; i < info.cases.size(); ++i)
      if (info.cases[i].value == int64_t(value.bits))
        return caseOf(type, i);
    return opaque();
  }
  if (value.kind == ConstValue::Kind::String) {
    Cell cell;
    cell.kind = Cell::Kind::Constant;
    cell.constant = constant;
    return cell;
  }
  return opaque();
}

Cell Coverage::lower(const Pattern *pattern, TypeId type) {
  if (type == types::Error)
    return any();
  const PatternFacts &facts = program.patterns.get(pattern);
  bool isOptional = types.kind(type) == TypeKind::Optional;
  TypeId inner = isOptional ? types[type].element : type;
  // Whatever looks at the value of an optional wants one to be there.
  auto within = [&](Cell cell) { return isOptional ? caseOf(type, 1, {std::move(cell)}) : cell; };
  switch (facts.test) {
  case PatternTest::Always: return any();
  case PatternTest::Null: return isOptional ? caseOf(type, 0) : opaque();
  case PatternTest::Constant: return facts.constant ? within(constantCell(facts.constant, inner)) : any();
  case PatternTest::Relational:
  case PatternTest::Range: {
    if (!isDiscrete(inner))
      return within(opaque());
    Wide low, high;
    domain(inner, low, high);
    auto bound = [&](uint32_t row) { return wide(program.constants[row]); };
    if (auto *relational = llvm::dyn_cast<RelationalPattern>(pattern)) {
      if (!facts.constant)
        return any();
      Wide value = bound(facts.constant);
      switch (relational->op) {
      case BinaryOp::Less: high = value - 1; break;
      case BinaryOp::LessEqual: high = value; break;
      case BinaryOp::Greater: low = value + 1; break;
      default: low = value; break;
      }
    } else {
      if (facts.constant)
        low = bound(facts.constant);
      if (facts.high)
        high = llvm::cast<RangePattern>(pattern)->inclusive ? bound(facts.high) : bound(facts.high) - 1;
    }
    return within(low > high ? oneOf({}) : interval(low, high));
  }
  case PatternTest::Type: {
    auto *typed = llvm::cast<TypePattern>(pattern);
    if (typed->hasProperties)
      for (size_t i = 0; i < typed->properties.size() && i < facts.members.size(); ++i)
        if (!isAny(lower(typed->properties[i].pattern, facts.members[i].type)))
          return within(opaque());
    bool isAlways = facts.type == inner || facts.type == types::Error || (types.isClassRef(inner) && types.isSubtype(inner, facts.type));
    return within(isAlways ? any() : opaque());
  }
  case PatternTest::Variant:
  case PatternTest::Tuple: {
    auto *typed = llvm::cast<TypePattern>(pattern);
    unsigned number = facts.test == PatternTest::Variant ? facts.variant : 0;
    if (types.kind(inner) == TypeKind::Enum)
      need(types[inner].nominal);
    std::vector<TypeId> partTypes = partsOf(inner, number);
    std::vector<Cell> parts(partTypes.size());
    for (size_t i = 0; i < parts.size() && i < typed->parts.size(); ++i)
      parts[i] = lower(typed->parts[i], partTypes[i]);
    if (typed->hasProperties)
      for (size_t i = 0; i < typed->properties.size() && i < facts.members.size(); ++i)
        if (!isAny(lower(typed->properties[i].pattern, facts.members[i].type)))
          return within(opaque());
    return within(caseOf(inner, number, std::move(parts)));
  }
  case PatternTest::Not: return inverse(lower(llvm::cast<NotPattern>(pattern)->inner, type), type);
  case PatternTest::Or: {
    auto *both = llvm::cast<BinaryPattern>(pattern);
    return oneOf({lower(both->lhs, type), lower(both->rhs, type)});
  }
  case PatternTest::And: {
    auto *both = llvm::cast<BinaryPattern>(pattern);
    Cell a = lower(both->lhs, type), b = lower(both->rhs, type);
    if (isAny(a))
      return b;
    if (isAny(b))
      return a;
    if (a.kind == Cell::Kind::Interval && b.kind == Cell::Kind::Interval) {
      Wide low = std::max(a.low, b.low), high = std::min(a.high, b.high);
      return low > high ? oneOf({}) : interval(low, high);
    }
    return opaque();
  }
  }
  return opaque();
}

/// What `not` takes, where that can be told.
Cell Coverage::inverse(const Cell &cell, TypeId type) {
  switch (cell.kind) {
  case Cell::Kind::Any: return oneOf({});
  case Cell::Kind::Interval: {
    Wide low, high;
    domain(type, low, high);
    std::vector<Cell> sides;
    if (cell.low > low)
      sides.push_back(interval(low, cell.low - 1));
    if (cell.high < high)
      sides.push_back(interval(cell.high + 1, high));
    return oneOf(std::move(sides));
  }
  case Cell::Kind::Case: {
    std::vector<Cell> others;
    for (unsigned i = 0; i < countOf(type); ++i)
      if (i != cell.number)
        others.push_back(caseOf(type, i));
    bool isWhole = llvm::all_of(cell.parts, [](const Cell &part) { return isAny(part); });
    if (!isWhole) {
      std::vector<TypeId> partTypes = partsOf(type, cell.number);
      if (cell.parts.size() != 1) {
        others.push_back(opaque());
      } else {
        others.push_back(caseOf(type, cell.number, {inverse(cell.parts[0], partTypes[0])}));
      }
    }
    return oneOf(std::move(others));
  }
  case Cell::Kind::OneOf:
    if (cell.parts.empty())
      return any();
    return opaque();
  case Cell::Kind::Constant:
  case Cell::Kind::Opaque: return opaque();
  }
  return opaque();
}

//===-- The matrix --------------------------------------------------------------------------------------------===//

/// Rows whose first cell is one of several become several rows.
void Coverage::split(const Row &row, std::vector<Row> &out) {
  if (row.front().kind != Cell::Kind::OneOf) {
    out.push_back(row);
    return;
  }
  for (const Cell &one : row.front().parts) {
    Row next = row;
    next.front() = one;
    split(next, out);
  }
}

bool Coverage::takes(const Cell &cell, const Ctor &ctor) const {
  switch (cell.kind) {
  case Cell::Kind::Any: return true;
  case Cell::Kind::Case: return cell.number == ctor.number;
  case Cell::Kind::Interval: return cell.low <= ctor.low && ctor.high <= cell.high;
  case Cell::Kind::Constant:
    return ctor.constant && program.constants[cell.constant].text == program.constants[ctor.constant].text;
  case Cell::Kind::OneOf:
  case Cell::Kind::Opaque: return false;
  }
  return false;
}

std::vector<Row> Coverage::specialize(const std::vector<Row> &rows, const Ctor &ctor, TypeId type) {
  std::vector<Row> result;
  for (const Row &row : rows) {
    const Cell &first = row.front();
    if (!takes(first, ctor))
      continue;
    Row next;
    for (size_t i = 0; i < ctor.parts.size(); ++i)
      next.push_back(first.kind == Cell::Kind::Case ? first.parts[i] : any());
    next.insert(next.end(), row.begin() + 1, row.end());
    result.push_back(std::move(next));
  }
  return result;
}

/// The constructors that the first column must be split into; complete if they are all there are.
std::vector<Coverage::Ctor> Coverage::constructorsIn(const std::vector<Row> &rows, TypeId type, bool &isComplete) {
  std::vector<Ctor> result;
  isComplete = false;
  if (unsigned count = countOf(type)) {
    llvm::SmallBitVector seen(count);
    for (const Row &row : rows)
      if (row.front().kind == Cell::Kind::Case)
        seen.set(row.front().number);
    for (unsigned i = 0; i < count; ++i)
      if (seen[i])
        result.push_back({i, 0, 0, 0, partsOf(type, i)});
    isComplete = seen.all();
    return result;
  }
  if (isDiscrete(type)) {
    // Cut the whole range where an interval begins or ends.
    Wide low, high;
    domain(type, low, high);
    std::vector<Wide> starts{low};
    bool any = false;
    for (const Row &row : rows)
      if (row.front().kind == Cell::Kind::Interval) {
        any = true;
        starts.push_back(std::max(row.front().low, low));
        if (row.front().high < high)
          starts.push_back(row.front().high + 1);
      }
    if (!any)
      return {};
    llvm::sort(starts);
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    for (size_t i = 0; i < starts.size(); ++i)
      result.push_back({0, starts[i], i + 1 < starts.size() ? starts[i + 1] - 1 : high, 0, {}});
    isComplete = true;
    return result;
  }
  for (const Row &row : rows)
    if (row.front().kind == Cell::Kind::Constant &&
        llvm::none_of(result, [&](const Ctor &one) { return takes(row.front(), one); }))
      result.push_back({0, 0, 0, row.front().constant, {}});
  return result;
}

static std::string spellWide(Wide value) {
  return value < 0 ? "-" + spellWide(-value) : value >= 10 ? spellWide(value / 10) + char('0' + int(value % 10)) : std::string(1, char('0' + int(value)));
}

static std::string spellChar(Wide value) {
  if (value >= 0x20 && value < 0x7f && value != '\'' && value != '\\')
    return std::string("'") + char(value) + "'";
  std::string digits;
  for (Wide rest = value; rest || digits.empty(); rest /= 16)
    digits.insert(digits.begin(), "0123456789ABCDEF"[int(rest % 16)]);
  return "'\\u{" + digits + "}'";
}

std::string Coverage::show(const Ctor &ctor, TypeId type, llvm::ArrayRef<std::string> parts) {
  auto list = [&] {
    std::string text;
    for (const std::string &part : parts)
      text += (text.empty() ? "" : ", ") + part;
    return text;
  };
  switch (types.kind(type)) {
  case TypeKind::Bool: return ctor.number ? "true" : "false";
  case TypeKind::Optional: return ctor.number ? (parts[0] == "_" ? "not null" : parts[0]) : "null";
  case TypeKind::Tuple: return "(" + list() + ")";
  case TypeKind::Enum: {
    std::string name = types.info(type).cases[ctor.number].name.text().str();
    return parts.empty() ? name : name + "(" + list() + ")";
  }
  case TypeKind::Char: return spellChar(ctor.low);
  case TypeKind::String: return ("\"" + program.constants[ctor.constant].text + "\"").str();
  default: return spellWide(ctor.low <= 0 && ctor.high >= 0 ? 0 : ctor.low < 0 ? ctor.high : ctor.low);
  }
}

std::optional<std::vector<std::string>> Coverage::missing(std::vector<Row> rows, std::vector<TypeId> columns) {
  if (budget == 0)
    return std::vector<std::string>(columns.size(), "_");
  --budget;
  if (columns.empty())
    return rows.empty() ? std::optional(std::vector<std::string>()) : std::nullopt;
  if (rows.empty())
    return std::vector<std::string>(columns.size(), "_");
  std::vector<Row> all;
  for (const Row &row : rows)
    split(row, all);
  TypeId type = columns.front();
  std::vector<TypeId> rest(columns.begin() + 1, columns.end());
  bool isComplete;
  std::vector<Ctor> ctors = constructorsIn(all, type, isComplete);
  if (!isComplete) {
    // A value of none of the constructors that are named: only the rows that take anything are left.
    std::vector<Row> others;
    for (const Row &row : all)
      if (isAny(row.front()))
        others.emplace_back(row.begin() + 1, row.end());
    if (std::optional<std::vector<std::string>> found = missing(std::move(others), rest)) {
      std::string head = "_";
      if (unsigned count = countOf(type); count && !ctors.empty()) {
        for (unsigned i = 0; i < count; ++i)
          if (llvm::none_of(ctors, [&](const Ctor &one) { return one.number == i; })) {
            std::vector<TypeId> parts = partsOf(type, i);
            head = show({i, 0, 0, 0, parts}, type, std::vector<std::string>(parts.size(), "_"));
            break;
          }
      }
      found->insert(found->begin(), head);
      return found;
    }
  }
  for (const Ctor &ctor : ctors) {
    std::vector<TypeId> inner = ctor.parts;
    inner.insert(inner.end(), rest.begin(), rest.end());
    std::optional<std::vector<std::string>> found = missing(specialize(all, ctor, type), std::move(inner));
    if (!found)
      continue;
    std::vector<std::string> parts(found->begin(), found->begin() + ctor.parts.size());
    std::vector<std::string> result{show(ctor, type, parts)};
    result.insert(result.end(), found->begin() + ctor.parts.size(), found->end());
    return result;
  }
  return std::nullopt;
}

bool Coverage::isUseful(std::vector<Row> rows, Row row, std::vector<TypeId> columns) {
  if (budget == 0)
    return true;
  --budget;
  if (columns.empty())
    return rows.empty();
  if (rows.empty())
    return true;
  std::vector<Row> all, ways;
  for (const Row &one : rows)
    split(one, all);
  split(row, ways);
  TypeId type = columns.front();
  std::vector<TypeId> rest(columns.begin() + 1, columns.end());
  return llvm::any_of(ways, [&](const Row &way) {
    std::vector<Row> both = all;
    both.push_back(way);
    bool isComplete;
    std::vector<Ctor> ctors = constructorsIn(both, type, isComplete);
    bool wild = isAny(way.front()) || way.front().kind == Cell::Kind::Opaque;
    for (const Ctor &ctor : ctors) {
      if (!wild && !takes(way.front(), ctor))
        continue;
      std::vector<TypeId> inner = ctor.parts;
      inner.insert(inner.end(), rest.begin(), rest.end());
      Row opened = way;
      if (wild)
        opened.front() = any();
      if (isUseful(specialize(all, ctor, type), specialize({opened}, ctor, type).front(), std::move(inner)))
        return true;
    }
    if (isComplete || !wild)
      return false;
    std::vector<Row> others;
    for (const Row &one : all)
      if (isAny(one.front()))
        others.emplace_back(one.begin() + 1, one.end());
    return isUseful(std::move(others), Row(way.begin() + 1, way.end()), rest);
  });
}

} // namespace

/// Reports what no arm takes, and arms that nothing reaches. `columns` are the types of the values.
void Checker::checkCoverage(const MatchExpr *expr, llvm::ArrayRef<TypeId> columns) {
  if (columns.empty())
    return; // `match ()`
  std::vector<TypeId> matched(columns.begin(), columns.end());
  if (columns.size() > 1) {
    llvm::SmallVector<Name, 4> none(columns.size());
    matched = {types.tuple(columns, none)};
  }
  Coverage coverage(program, [&](NominalId type) { needVariants(type); });
  std::vector<Row> rows;
  for (const MatchArm *arm : expr->arms) {
    Row row{coverage.cellOf(arm->pattern, matched[0])};
    if (!coverage.isUseful(rows, row, matched))
      report(DiagId::UnreachableArm, arm->pattern->range);
    bool truth = false, isAlways = !arm->guard || (constantBool(arm->guard, truth) && truth);
    if (isAlways)
      rows.push_back(std::move(row)); // what is opaque takes no constructor, and so covers nothing
  }
  if (std::optional<std::vector<std::string>> value = coverage.missing(std::move(rows), matched))
    report(DiagId::NotExhaustive, {expr->range.begin, expr->range.begin.plus(5)}) << "'" + value->front() + "'";
}

} // namespace dream::sema
