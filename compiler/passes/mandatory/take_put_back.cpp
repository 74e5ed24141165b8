// Take and put back (core-calculus.md, rule 5). A modify access of a place that holds an array, reached through an object
// or a module variable, leaves the place empty while code runs that could use the same place by another way: the value
// moves to a slot, the access goes on there, and the value moves back where the access ends, on every way out. Meanwhile
// the place holds null, and whoever can run looks for that before it uses such a place: "overlapping access".
//
// A read access of such a place (of any that holds counts) that something inside may write is one of a copy instead.
// Nothing is moved or copied where what runs inside the access cannot touch the place.
#include "compiler/analysis/effects.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace dream::passes {

using namespace dil;
using analysis::Place;
using analysis::PlaceRoot;

namespace {

bool isArray(const TypeTable &types, TypeId type) {
  return types.kind(type) == TypeKind::Array || types.kind(type) == TypeKind::Rect;
}
/// What a place that was taken is known by: no array and no reference of such a type is null otherwise, and the flag of a
/// struct with a destructor is false only where none lives.
bool isMark(const TypeTable &types, TypeId type) {
  return isArray(types, type) || (types.kind(type) == TypeKind::Class && types.isMoveOnly(type));
}
bool isRecord(const TypeTable &types, TypeId type) {
  return types.kind(type) == TypeKind::Struct || types.kind(type) == TypeKind::Tuple;
}

/// The way from a place of a type to the first array in it that may not be null; false if there is none.
bool findArray(const TypeTable &types, TypeId type, llvm::SmallVectorImpl<unsigned> &path) {
  if (isMark(types, type))
    return true;
  if (int alive = types.aliveField(type); alive >= 0) {
    path.push_back(unsigned(alive));
    return true;
  }
  if (!isRecord(types, type))
    return false;
  for (unsigned i = 0, end = partCount(types, type); i < end; ++i) {
    path.push_back(i);
    if (findArray(types, partType(types, type, i), path))
      return true;
    path.pop_back();
  }
  return false;
}

class TakePutBack {
public:
  TakePutBack(PassContext &context) : context(context), module(context.module), effects(module, context.targets) {}

  void run() {
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      if (!module.functions[i].isDeclaration())
        findAccesses(FuncId(i));
    if (taken.empty() && copies.empty())
      return;
    spread();
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      if (!module.functions[i].isDeclaration())
        rewrite(FuncId(i));
  }

private:
  /// A kind of place that some access takes: a location, the way from there, and the type there.
  struct TakenPlace {
    llvm::SmallVector<unsigned, 2> path;
    TypeId type;
    llvm::SmallVector<FuncId, 4> callees; ///< What may run while it is taken.
    llvm::DenseSet<FuncId> functions;     ///< The same, with all that these may call.
    bool isEverywhere;                    ///< Something unknown may run.
  };

  // ---- Which accesses have to take

  void findAccesses(FuncId id) {
    Function &function = module[id];
    bool any = false;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        any |= isCandidate(function, inst);
    if (!any)
      return;
    // Accesses are open alike on all paths: one walk knows what is open where.
    Cfg graph(function);
    std::vector<llvm::SmallVector<Inst *, 2>> entry(function.blocks.size());
    std::vector<bool> known(function.blocks.size());
    for (BlockId block : graph.reversePostorder()) {
      auto open = std::move(entry[block.index]);
      for (Inst *inst : function[block].insts) {
        if (auto *end = llvm::dyn_cast<EndAccessInst>(inst))
          llvm::erase_if(open, [&](Inst *access) { return access->result == end->access; });
        for (Inst *access : open)
          lookInside(id, *access, *inst);
        if (isCandidate(function, inst))
          open.push_back(inst);
      }
      for (BlockId next : graph.successors(block))
        if (!known[next.index]) {
          known[next.index] = true;
          entry[next.index] = open;
        }
    }
  }
  /// An access of a field of an object or of a module variable. A part of what another access has open is covered by that
  /// one.
  bool isCandidate(const Function &function, const Inst *inst) const {
    auto *modify = llvm::dyn_cast<AccessModifyInst>(inst);
    auto *read = llvm::dyn_cast<AccessReadInst>(inst);
    if (!modify && !read)
      return false;
    ValueId place = modify ? modify->place : read->place;
    TypeId type = function[place].type;
    if (modify ? !module.types.holdsArray(type) && !module.types.isMoveOnly(type) : module.types.isPlain(type))
      return false;
    return effects.locationOf(analysis::placeOf(function, place), function) != analysis::ModuleEffects::kNone &&
           !analysis::accessOf(function, place);
  }

  /// The place that an instruction uses itself, and whether it may change it.
  static std::pair<ValueId, bool> directUse(const Inst &inst) {
    if (auto *init = llvm::dyn_cast<InitInst>(&inst))
      return {init->place, true};
    return {usedPlace(&inst), !llvm::isa<AccessReadInst, LoadCopyInst, LoadBorrowInst>(inst)};
  }
  bool isThrough(const Function &function, ValueId address, const Inst &access) const {
    while (Inst *outer = analysis::accessOf(function, address)) {
      if (outer == &access)
        return true;
      address = usedPlace(outer);
    }
    return false;
  }

  /// Whether an instruction inside an access may use the same place by another way.
  void lookInside(FuncId id, Inst &access, const Inst &inst) {
    const Function &function = module[id];
    auto *modify = llvm::dyn_cast<AccessModifyInst>(&access);
    auto [used, changes] = directUse(inst);
    TypeId dropped;
    if (auto *drop = llvm::dyn_cast<DropInst>(&inst))
      dropped = function[drop->value].type;
    else if (auto *drop = llvm::dyn_cast<DropIfInst>(&inst))
      dropped = function[drop->place].type;
    else if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
      dropped = function[assign->value].type;
    auto *call = llvm::dyn_cast<CallBase>(&inst);
    if (!call && !dropped.isValid() && !used.isValid())
      return;

    Place place = analysis::placeOf(function, usedPlace(&access));
    unsigned location = effects.locationOf(place, function);
    auto concerns = [&](const analysis::Effects &found) {
      return found.unknown || (modify ? found.mayTouch(location) : found.mayWrite(location));
    };
    bool runs = (call && concerns(effects.ofCall(*call))) || (dropped.isValid() && concerns(effects.ofDrop(dropped)));
    bool isDirect = used.isValid() && (modify || changes) && !isThrough(function, used, access) &&
                    effects.locationOf(analysis::placeOf(function, used), function) == location;
    if (!runs && !isDirect)
      return;
    TypeId type = function[usedPlace(&access)].type;
    if (!modify && !module.types.isMoveOnly(type)) {
      copies.insert(&access);
      return;
    }
    takes.insert(&access); // What moves cannot be copied, so it is taken to be read, too.
    TakenPlace &row = rowFor(location, place, type);
    row.functions.insert(id);
    if (!runs)
      return;
    if (call) {
      row.isEverywhere |= analysis::CallTargets::isUnknown(*call);
      for (FuncId target : context.targets.targets(*call))
        row.callees.push_back(target);
    } else {
      for (const ClassTable &table : module.classes)
        if (table.destructor.isValid())
          row.callees.push_back(table.destructor);
    }
  }
  TakenPlace &rowFor(unsigned location, const Place &place, TypeId type) {
    auto &rows = taken[location];
    for (TakenPlace &row : rows)
      if (row.path == place.path)
        return row;
    rows.push_back({place.path, type, {}, {}, false});
    return rows.back();
  }

  // ---- Who has to look

  /// From the calls inside the accesses to everything that may run.
  void spread() {
    for (auto &[location, rows] : taken)
      for (TakenPlace &row : rows) {
        llvm::SmallVector<FuncId, 16> work(row.callees.begin(), row.callees.end());
        llvm::DenseSet<FuncId> seen(work.begin(), work.end());
        while (!work.empty()) {
          FuncId id = work.pop_back_val();
          row.functions.insert(id);
          row.isEverywhere |= hasUnknownCall(module[id]);
          forEachCallee(module[id], [&](FuncId callee) {
            if (seen.insert(callee).second)
              work.push_back(callee);
          });
        }
      }
  }
  static bool hasUnknownCall(const Function &function) {
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (auto *call = llvm::dyn_cast<CallBase>(inst); call && analysis::CallTargets::isUnknown(*call))
          return true;
    return false;
  }
  template <typename F> void forEachCallee(const Function &function, F &&visit) {
    bool drops = false;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        if (auto *call = llvm::dyn_cast<CallBase>(inst))
          for (FuncId target : context.targets.targets(*call))
            visit(target);
        else if (auto *ref = llvm::dyn_cast<FnRefInst>(inst))
          visit(ref->func);
        else
          drops |= llvm::isa<DropInst, DropIfInst, AssignInst>(inst);
      }
    if (drops)
      for (const ClassTable &table : module.classes)
        if (table.destructor.isValid())
          visit(table.destructor);
    if (function.kind == FuncKind::C)
      for (uint32_t i = 0; i < module.functions.size(); ++i)
        if (module.functions[i].isExported)
          visit(FuncId(i));
  }

  // ---- Changing a function

  void rewrite(FuncId id) {
    Function &function = module[id];
    BlockEditor editor(module, function);
    /// By access: the slot that holds its value, and the access of the place that waits for it (none for a copy).
    llvm::DenseMap<ValueId, std::pair<ValueId, ValueId>> waiting;
    Cfg graph(function);
    for (BlockId block : graph.reversePostorder())
      editor.rebuild(block, [&](Inst *inst) {
        check(id, editor, inst);
        if (takes.contains(inst) || copies.contains(inst)) {
          auto *modify = llvm::dyn_cast<AccessModifyInst>(inst);
          ValueId &accessed = modify ? modify->place : llvm::cast<AccessReadInst>(inst)->place;
          bool isTaken = takes.contains(inst);
          ValueId place = isTaken ? editor.build.accessModify(accessed) : ValueId();
          ValueId value = isTaken ? editor.build.loadTake(place) : editor.build.loadCopy(accessed);
          ValueId slot = editor.build.slot(function[accessed].type, "");
          editor.build.init(slot, value);
          accessed = slot;
          editor.keep(inst);
          waiting[inst->result] = {slot, place};
          context.count(isTaken ? "places taken" : "places copied");
          return;
        }
        editor.keep(inst);
        auto *end = llvm::dyn_cast<EndAccessInst>(inst);
        if (auto found = end ? waiting.find(end->access) : waiting.end(); found != waiting.end()) {
          auto [slot, place] = found->second;
          ValueId value = editor.build.loadTake(slot);
          if (place.isValid()) {
            // Where nothing tells that the place was taken, something else may have been put there: it dies.
            llvm::SmallVector<unsigned, 4> way;
            if (findArray(module.types, function[place].type, way))
              editor.build.init(place, value);
            else
              editor.build.assign(place, value);
            editor.build.endAccess(place);
          } else {
            editor.build.drop(value);
          }
        }
      });
  }

  static ValueId usedPlace(const Inst *inst) {
    if (auto *read = llvm::dyn_cast<AccessReadInst>(inst))
      return read->place;
    if (auto *modify = llvm::dyn_cast<AccessModifyInst>(inst))
      return modify->place;
    if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst))
      return load->place;
    if (auto *load = llvm::dyn_cast<LoadBorrowInst>(inst))
      return load->place;
    if (auto *load = llvm::dyn_cast<LoadTakeInst>(inst))
      return load->place;
    if (auto *assign = llvm::dyn_cast<AssignInst>(inst))
      return assign->place;
    return {};
  }

  /// Before a use of a place that may be taken: looks for null there.
  void check(FuncId id, BlockEditor &editor, Inst *inst) {
    ValueId address = usedPlace(inst);
    Function &function = module[id];
    if (!address.isValid() || analysis::accessOf(function, address))
      return;
    Place place = analysis::placeOf(function, address);
    unsigned location = effects.locationOf(place, function);
    auto found = location == analysis::ModuleEffects::kNone ? taken.end() : taken.find(location);
    if (found == taken.end())
      return;
    for (const TakenPlace &row : found->second) {
      Place other = place;
      other.path = row.path;
      if (!place.overlaps(other) || !(context.options.checkMemory || row.isEverywhere || row.functions.contains(id)))
        continue;
      llvm::SmallVector<unsigned, 4> way(row.path.begin(), row.path.end());
      if (!findArray(module.types, row.type, way) || llvm::is_contained(way, analysis::kAnyElement))
        continue;
      ValueId array = place.root == PlaceRoot::Global ? editor.build.global(place.global)
                                                      : editor.build.field(place.value, place.field);
      std::string name = nameOf(function, place);
      for (unsigned step : way)
        array = editor.build.field(array, step);
      if (module.types.isPlain(function[array].type)) {
        editor.build.check(CheckKind::Taken, editor.build.loadCopy(array), {}, {}, name);
      } else {
        ValueId borrowed = editor.build.loadBorrow(array);
        editor.build.check(CheckKind::Taken, borrowed, {}, {}, name);
        editor.build.endBorrow(borrowed);
      }
      context.count("checks for taken places");
    }
  }
  std::string nameOf(const Function &function, const Place &place) const {
    if (place.root == PlaceRoot::Global)
      return llvm::StringRef(module[place.global].symbol).split('$').first.str();
    TypeId holder = function[place.value].type;
    const NominalInfo &info = module.types.info(analysis::fieldOwner(module.types, holder, place.field));
    return (info.name.text() + "." + module.types.info(holder).fields[place.field].name.text()).str();
  }

  PassContext &context;
  Module &module;
  analysis::ModuleEffects effects;
  llvm::DenseSet<const Inst *> takes, copies;
  llvm::MapVector<unsigned, std::vector<TakenPlace>> taken; ///< By location.
};

} // namespace

void takePutBack(PassContext &context) { TakePutBack(context).run(); }

} // namespace dream::passes
