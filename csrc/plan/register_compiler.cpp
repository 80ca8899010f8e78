#include "plan/register_compiler.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "ops/op_table.hpp"
#include "plan/register_lists.hpp"
#include "plan/register_lookup.hpp"

namespace pygraph::plan {
namespace {

using ir::OpCode;

class Compiler {
 public:
  Compiler(const Plan& plan, const std::vector<Stretches>& live, const std::vector<bool>& arrays,
           Region region)
      : plan_(plan),
        live_(live),
        arrays_(arrays),
        region_(region),
        leads_(size() + 1, 0),
        absorbed_(size(), false),
        entry_of_(size(), kNone),
        op_at_(size() + 1, 0),
        written_here_(plan.storages.size(), false) {
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      for (std::size_t k = 0; k < at(i).output_count; ++k)
        written_here_[plan_.operands[at(i).first_operand + k]] = true;
    }
  }

  std::optional<CompiledRegion> run() {
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      if (is_jump(at(i).code)) ++leads_[at(i).target - region_.begin];
    }
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      if (at(i).code == Code::jump_if_false || at(i).code == Code::loop_if_true) absorb(i, i, 0);
    }
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) rotate(i);
    emit_imports();
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      op_at_[i - region_.begin] = here();
      if (leads_[i - region_.begin] != 0) block_start_ = here();
      if (!absorbed_[i - region_.begin]) emit_instruction(i);
    }
    op_at_.back() = here();
    emit_exports();
    if (registers_.size() * sizeof(std::uint64_t) > UINT16_MAX) return std::nullopt;
    patch();
    result_.program.registers = std::move(registers_);
    return std::move(result_);
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::uint32_t size() const { return region_.end - region_.begin; }
  const Instruction& at(std::uint32_t i) const { return plan_.instructions[i]; }
  StorageId output(std::uint32_t i) const { return plan_.operands[at(i).first_operand]; }
  StorageId input(std::uint32_t i, std::size_t k) const {
    return plan_.operands[at(i).first_operand + at(i).output_count + k];
  }
  bool reads(std::uint32_t i, StorageId id) const {
    for (std::size_t k = 0; k < at(i).input_count; ++k) {
      if (input(i, k) == id) return true;
    }
    return false;
  }
  bool writes(std::uint32_t i, StorageId id) const {
    return at(i).output_count != 0 && output(i) == id;
  }
  const PreparedCall& kernel(std::uint32_t i) const { return plan_.kernels[at(i).target]; }
  const ops::OpRow& row(std::uint32_t i) const { return *row_of(plan_, at(i)); }
  OpCode op(std::uint32_t i) const { return row(i).code; }
  bool is_kernel(std::uint32_t i) const { return at(i).code == Code::kernel; }
  bool is_op(std::uint32_t i, OpCode code) const { return is_kernel(i) && op(i) == code; }

  std::optional<RegisterCode> test_of(std::uint32_t i) const {
    if (!is_kernel(i)) return std::nullopt;
    return find_test(op(i), kernel(i).call.dtype);
  }
  std::optional<RegisterCode> value_of(std::uint32_t i) const {
    const ops::KernelCall& call = kernel(i).call;
    return find_value(op(i), call.dtype, call.out_dtype);
  }

  // Conditions. A bool that only a jump uses, and that is computed just before it, is not made a
  // value: the jump tests what it was computed from. `user` uses it as input k; all is evaluated
  // at `jump`.
  void absorb(std::uint32_t user, std::uint32_t jump, std::size_t k) {
    const StorageId flag = input(user, k);
    const std::uint32_t maker = maker_of(user, flag);
    if (maker == kNone || needed_after(user, flag)) return;
    const bool is_logic = is_op(maker, OpCode::logical_not) || is_op(maker, OpCode::logical_and) ||
                          is_op(maker, OpCode::logical_or);
    if (!is_logic && !test_of(maker)) return;
    for (std::uint32_t i = maker + 1; i < jump; ++i) {
      if (i < user && reads(i, flag)) return;
      for (std::size_t operand = 0; operand < at(maker).input_count; ++operand) {
        if (writes(i, input(maker, operand))) return;
      }
    }
    absorbed_[maker - region_.begin] = true;
    condition_of_[{user, k}] = maker;
    if (!is_logic) return;
    for (std::size_t operand = 0; operand < at(maker).input_count; ++operand)
      absorb(maker, jump, operand);
  }

  // The instruction of the same block that made the value which `user` reads.
  std::uint32_t maker_of(std::uint32_t user, StorageId id) const {
    for (std::uint32_t i = user; i > region_.begin && leads_[i - region_.begin] == 0; --i) {
      if (is_jump(at(i - 1).code)) return kNone;
      if (writes(i - 1, id)) return i - 1;
    }
    return kNone;
  }

  bool needed_after(std::uint32_t i, StorageId id) const {
    if (is_jump(at(i).code) && contains(live_[id], 2 * at(i).target)) return true;
    return contains(live_[id], 2 * (i + 1));
  }

  // A loop is entered by a jump to its test. Where the test is all condition, it is made at the
  // entry as well: then nothing leads to the one at the end, which can join what stands before it.
  void rotate(std::uint32_t entry) {
    if (at(entry).code != Code::jump) return;
    const std::uint32_t test = at(entry).target;
    std::uint32_t i = test;
    while (i < region_.end && absorbed_[i - region_.begin]) ++i;
    if (i >= region_.end || at(i).code != Code::loop_if_true || at(i).target != entry + 1) return;
    entry_of_[entry - region_.begin] = i;
    --leads_[test - region_.begin];
  }

  // Registers.
  Register add_register(std::uint64_t bits) {
    registers_.push_back(bits);
    return static_cast<Register>((registers_.size() - 1) * sizeof(std::uint64_t));
  }

  Register constant(std::uint64_t bits) {
    const auto [found, is_new] = constants_.try_emplace(bits, Register{0});
    if (is_new) found->second = add_register(bits);
    return found->second;
  }

  bool is_constant(StorageId id) const {
    return plan_.storages[id].kind == StorageKind::constant && !arrays_[id];
  }

  std::uint64_t constant_bits(StorageId id) const {
    std::uint64_t bits = 0;
    std::memcpy(&bits, plan_.constants[plan_.storages[id].index].data(), plan_.storages[id].bytes);
    return bits;
  }

  Register register_of(StorageId id) {
    if (is_constant(id)) return constant(constant_bits(id));
    const auto [found, is_new] = register_of_.try_emplace(id, Register{0});
    if (is_new) found->second = add_register(0);
    return found->second;
  }

  // Operations.
  std::uint32_t here() const { return static_cast<std::uint32_t>(code().size()); }
  std::vector<RegisterOp>& code() { return result_.program.code; }
  const std::vector<RegisterOp>& code() const { return result_.program.code; }

  void emit(std::uint32_t i, const RegisterOp& operation) {
    code().push_back(operation);
    const bool dynamic = at(i).code == Code::dynamic || is_list(at(i).code);
    result_.program.origins.push_back(
        {at(i).location, at(i).target, dynamic, dynamic ? input(i, 0) : 0, at(i).first_operand});
  }

  // A jump to instruction `target`.
  void emit_jump(std::uint32_t i, const RegisterOp& operation, std::uint32_t target) {
    jumps_.push_back({here(), target});
    emit(i, operation);
  }

  void emit_imports() {
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      if (is_list(at(i).code)) add_list(i);
    }
    std::vector<StorageId> seen;
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      const auto count = std::size_t{at(i).output_count} + at(i).input_count;
      for (std::size_t k = 0; k < count; ++k)
        seen.push_back(plan_.operands[at(i).first_operand + k]);
    }
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    for (StorageId id : seen) {
      if (is_constant(id)) continue;
      const bool comes_in = arrays_[id] || contains(live_[id], 2 * region_.begin);
      if (!comes_in) continue;
      result_.read.push_back(id);
      // Of an array that is not indexed only the sizes are asked for.
      if ((plan_.storages[id].bytes == 0 && !arrays_[id]) || lists_.contains(id)) continue;
      emit(region_.begin,
           {.code = arrays_[id] ? RegisterOperation::import_address
                                : by_bytes(RegisterOperation::import_, plan_.storages[id].bytes),
            .out = register_of(id),
            .jump = static_cast<std::int32_t>(id)});
    }
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      const bool indexes = at(i).code == Code::dynamic && op(i) != OpCode::dim_size;
      if (indexes || is_list(at(i).code)) import_sizes(i);
    }
    for (auto& [id, list] : lists_) {
      list.size = sizes_of_[id];
      emit_all(list_maker_[id], list_import(list));
    }
    block_start_ = here();
  }

  // The sizes of an array that are only known when the program starts, in consecutive registers.
  void import_sizes(std::uint32_t i) {
    const StorageId array = input(i, 0);
    if (sizes_of_.contains(array)) return;
    const int rank = plan_.dynamics[at(i).target].inputs[0].shape.rank();
    for (int axis = 0; axis < rank; ++axis) {
      const Register size = add_register(0);
      if (axis == 0) sizes_of_[array] = size;
      emit_size(i, size, array, axis);
    }
  }

  void emit_size(std::uint32_t i, Register out, StorageId array, int axis) {
    emit(i, {.code = RegisterOperation::import_size,
             .out = out,
             .a = static_cast<Register>(axis),
             .jump = static_cast<std::int32_t>(array)});
  }

  // Lists that change here.
  void add_list(std::uint32_t i) {
    const StorageId id = input(i, 0);
    const auto [found, is_new] = lists_.try_emplace(id);
    ListRegisters& list = found->second;
    if (is_new) {
      list_maker_[id] = i;
      list.storage = static_cast<std::int32_t>(id);
      list.item_bytes = element_bytes(i);
      list.address = register_of(id);
    }
    if (at(i).code != Code::list_append) return;
    std::optional<Register>& room = is_at_front(i) ? list.front : list.room;
    if (!room) room = add_register(0);
  }

  bool is_at_front(std::uint32_t i) const {
    return ops::boolean(plan_.dynamics[at(i).target].attributes[0]);
  }

  void emit_all(std::uint32_t i, const RegisterOps& operations) {
    for (const RegisterOp& operation : operations) emit(i, operation);
  }

  void emit_list(std::uint32_t i) {
    const ListRegisters& list = lists_.at(input(i, 0));
    if (free_ == kNoRegister) free_ = add_register(0);
    const ListConstants constants{.zero = constant(0),
                                  .one = constant(1),
                                  .item_bytes = constant(list.item_bytes),
                                  .free = free_};
    const bool appends = at(i).code == Code::list_append;
    const Register value =
        register_of(appends ? input(i, 1) : plan_.operands[at(i).first_operand + 1]);
    emit_all(i, appends ? list_append(list, constants, value, is_at_front(i))
                        : list_pop(list, constants, value, is_at_front(i)));
    block_start_ = here();
  }

  void emit_exports() {
    for (const auto& [id, list] : lists_) {
      emit(list_maker_[id], {.code = RegisterOperation::export_list,
                             .a = list.address,
                             .b = list.size,
                             .jump = list.storage});
    }
    for (std::uint32_t i = region_.begin; i < region_.end; ++i) {
      for (std::size_t k = 0; k < at(i).output_count; ++k)
        export_value(plan_.operands[at(i).first_operand + k]);
    }
    emit(region_.begin, {.code = RegisterOperation::finish});
    for (StorageId id : raised_) {
      if (std::ranges::find(result_.written, id) == result_.written.end())
        result_.written.push_back(id);
    }
  }

  void export_value(StorageId id) {
    if (std::find(result_.written.begin(), result_.written.end(), id) != result_.written.end())
      return;
    if (!arrays_[id] && !contains(live_[id], 2 * region_.end)) return;
    result_.written.push_back(id);
    if (plan_.storages[id].kind == StorageKind::dynamic) result_.program.owned.push_back(id);
    if (arrays_[id]) return;
    emit(region_.begin, export_of(id));
  }

  // What it says is read from the plan's storages. Such as the caller or the plan's constants are
  // hold it, as do those that are needed after the program.
  void emit_raise(std::uint32_t i) {
    for (std::size_t k = 0; k < at(i).input_count; ++k) {
      const StorageId id = input(i, k);
      const Storage& storage = plan_.storages[id];
      const bool is_lent =
          storage.kind != StorageKind::arena && storage.kind != StorageKind::output;
      if (is_lent || (!written_here_[id] && contains(live_[id], 2 * region_.end))) continue;
      raised_.push_back(id);
      emit(i, export_of(id));
    }
    emit(i, {.code = RegisterOperation::raise});
  }

  RegisterOp export_of(StorageId id) {
    return {.code = by_bytes(RegisterOperation::export_, plan_.storages[id].bytes),
            .a = register_of(id),
            .jump = static_cast<std::int32_t>(id)};
  }

  void emit_instruction(std::uint32_t i) {
    switch (at(i).code) {
      case Code::move:
        return emit(i, {.code = RegisterOperation::copy,
                        .out = register_of(output(i)),
                        .a = register_of(input(i, 0))});
      case Code::check_defined:
        return emit(i, {.code = RegisterOperation::check_defined, .a = register_of(input(i, 0))});
      case Code::jump:
        if (const std::uint32_t loop = entry_of_[i - region_.begin]; loop != kNone)
          return emit_branch({loop, 0}, false, loop + 1, {});
        if (at(i).target == i + 1) return;
        return emit_jump(i, {.code = RegisterOperation::jump}, at(i).target);
      case Code::list_append:
      case Code::list_pop: return emit_list(i);
      case Code::text: return emit_raise(i);
      case Code::jump_if_false: return emit_branch({i, 0}, false, at(i).target, {});
      case Code::loop_if_true: {
        const std::uint64_t turn = kCost * (i + 1 - at(i).target);
        const auto cost = static_cast<Register>(std::min<std::uint64_t>(turn, UINT16_MAX));
        return emit_branch({i, 0}, true, at(i).target, cost);
      }
      default: return emit_kernel(i);
    }
  }

  // Where a condition is used: by this instruction, as this input.
  struct Use {
    std::uint32_t user;
    std::size_t k;
    friend auto operator<=>(const Use&, const Use&) = default;
  };

  // Goes on at instruction `target` if the condition is `wanted`; as a back edge if it has a cost.
  void emit_branch(Use use, bool wanted, std::uint32_t target, std::optional<Register> cost) {
    const auto found = condition_of_.find(use);
    if (found == condition_of_.end()) {
      const RegisterOperation plain =
          wanted ? RegisterOperation::if_true : RegisterOperation::unless_true;
      const RegisterOperation back =
          wanted ? RegisterOperation::loop_if_true : RegisterOperation::loop_unless_true;
      return emit_jump(use.user,
                       {.code = cost ? back : plain,
                        .a = register_of(input(use.user, use.k)),
                        .d = cost.value_or(0)},
                       target);
    }
    const std::uint32_t maker = found->second;
    if (is_op(maker, OpCode::logical_not)) return emit_branch({maker, 0}, !wanted, target, cost);
    if (const auto test = test_of(maker)) return emit_test(maker, *test, wanted, target, cost);
    // "a and b" fails, and "a or b" holds, as soon as one of them does.
    const bool decides = is_op(maker, OpCode::logical_or);
    if (decides == wanted) {
      emit_branch({maker, 0}, wanted, target, cost);
      emit_branch({maker, 1}, wanted, target, cost);
      return;
    }
    const std::size_t first = jumps_.size();
    emit_branch({maker, 0}, decides, kHere, {});
    const std::size_t last = jumps_.size();
    emit_branch({maker, 1}, wanted, target, cost);
    for (std::size_t jump = first; jump < last; ++jump) {
      if (jumps_[jump].target != kHere) continue;
      jumps_[jump].target = kNone;
      code()[jumps_[jump].op].jump = static_cast<std::int32_t>(here() - jumps_[jump].op);
    }
    block_start_ = here();
  }

  void emit_test(std::uint32_t maker, RegisterCode test, bool wanted, std::uint32_t target,
                 std::optional<Register> cost) {
    RegisterOp operation{.a = register_of(input(maker, 0)), .b = register_of(input(maker, 1))};
    if (!cost || wanted) {
      operation.code = variant(test, cost ? kLoopIf : wanted ? kIf : kUnless);
      operation.d = cost.value_or(0);
      if (join_add(maker, operation, target)) return;
      return emit_jump(maker, operation, target);
    }
    operation.code = variant(test, kIf);
    operation.jump = 2;
    emit(maker, operation);
    emit_jump(maker, {.code = RegisterOperation::loop, .d = *cost}, target);
    block_start_ = here();
  }

  // i += step; if i < limit go on: the end of every loop over a range.
  bool join_add(std::uint32_t maker, const RegisterOp& test, std::uint32_t target) {
    const bool less = test.code == RegisterCode(RegisterOperation::loop_if_less, DType::int64);
    if (!less && test.code != RegisterCode(RegisterOperation::loop_if_less_equal, DType::int64))
      return false;
    if (here() == block_start_ ||
        code().back().code != RegisterCode(RegisterOperation::add, DType::int64) ||
        code().back().out != test.a || test.a == test.b)
      return false;
    RegisterOp both = code().back();
    both.code = less ? RegisterCode(RegisterOperation::add_loop_if_less, DType::int64)
                     : RegisterCode(RegisterOperation::add_loop_if_less_equal, DType::int64);
    both.c = test.b;
    both.d = test.d;
    drop_last();
    emit_jump(maker, both, target);
    return true;
  }

  void drop_last() {
    code().pop_back();
    result_.program.origins.pop_back();
  }

  void emit_kernel(std::uint32_t i) {
    switch (op(i)) {
      case OpCode::gather: return emit_element(i, RegisterOperation::load, output(i));
      case OpCode::scatter: return emit_element(i, RegisterOperation::store, input(i, 1));
      case OpCode::dim_size:
        if (const auto list = lists_.find(input(i, 0)); list != lists_.end())
          return emit(i, {.code = RegisterOperation::copy,
                          .out = register_of(output(i)),
                          .a = list->second.size});
        return emit_size(
            i, register_of(output(i)), input(i, 0),
            static_cast<int>(ops::integer(plan_.dynamics[at(i).target].attributes[0])));
      case OpCode::undef:
        return emit(
            i, {.code = RegisterOperation::copy, .out = register_of(output(i)), .a = constant(0)});
      default: break;
    }
    RegisterOp operation{.out = register_of(output(i)), .a = register_of(input(i, 0))};
    operation.b = at(i).input_count > 1 ? register_of(input(i, 1)) : operation.a;
    operation.c = at(i).input_count > 2 ? register_of(input(i, 2)) : operation.b;
    if (const auto test = test_of(i)) {
      operation.code = *test;
    } else if (const auto value = value_of(i)) {
      operation.code = *value;
      ease_division(i, operation);
      ease_real_division(i, operation);
      if (join_multiply(i, operation)) return;
    } else if (op(i) == OpCode::where) {
      operation.code = RegisterOperation::select;
      if (join_choice(i, operation)) return;
    } else {
      operation.code = RegisterOperation::kernel;
      operation.jump = static_cast<std::int32_t>(result_.program.kernels.size());
      result_.program.kernels.push_back(kernel(i).call.elementwise);
    }
    emit(i, operation);
  }

  // Division by a power of two is a shift; both round down.
  void ease_division(std::uint32_t i, RegisterOp& operation) {
    const bool divides =
        operation.code == RegisterCode(RegisterOperation::floor_divide, DType::int64);
    if (!divides && operation.code != RegisterCode(RegisterOperation::remainder, DType::int64))
      return;
    if (!is_constant(input(i, 1))) return;
    const std::uint64_t divisor = constant_bits(input(i, 1));
    if (divisor == 0 || (divisor & (divisor - 1)) != 0 || divisor >> 63 != 0) return;
    operation.code = divides ? RegisterCode(RegisterOperation::bitwise_right_shift, DType::int64)
                             : RegisterCode(RegisterOperation::bitwise_and, DType::int64);
    operation.b =
        constant(divides ? static_cast<std::uint64_t>(__builtin_ctzll(divisor)) : divisor - 1);
  }

  // Division of a number with a fraction by a power of two is the product with its inverse, if that
  // is a power of two as well.
  void ease_real_division(std::uint32_t i, RegisterOp& operation) {
    const bool wide = operation.code == RegisterCode(RegisterOperation::divide, DType::float64);
    if (!wide && operation.code != RegisterCode(RegisterOperation::divide, DType::float32)) return;
    if (!is_constant(input(i, 1))) return;
    const int fraction_bits = wide ? 52 : 23;
    const std::uint64_t exponents = wide ? 0x7FF : 0xFF;
    const std::uint64_t divisor = constant_bits(input(i, 1));
    const std::uint64_t exponent = divisor >> fraction_bits & exponents;
    const std::uint64_t sign = divisor & (exponents + 1) << fraction_bits;
    const bool is_power = (divisor & ((std::uint64_t{1} << fraction_bits) - 1)) == 0;
    if (!is_power || exponent == 0 || exponent >= exponents - 1) return;
    operation.code = wide ? RegisterCode(RegisterOperation::multiply, DType::float64)
                          : RegisterCode(RegisterOperation::multiply, DType::float32);
    operation.b = constant(sign | (exponents - 1 - exponent) << fraction_bits);
  }

  // The sum of a product, if nothing else needs the product.
  bool join_multiply(std::uint32_t i, const RegisterOp& add) {
    const bool whole = add.code == RegisterCode(RegisterOperation::add, DType::int64);
    if (here() == block_start_ ||
        (!whole && add.code != RegisterCode(RegisterOperation::add, DType::float64)))
      return false;
    const RegisterOp product = code().back();
    const bool is_square =
        product.code == (whole ? RegisterCode(RegisterOperation::square, DType::int64)
                               : RegisterCode(RegisterOperation::square, DType::float64));
    if (!is_square &&
        product.code != (whole ? RegisterCode(RegisterOperation::multiply, DType::int64)
                               : RegisterCode(RegisterOperation::multiply, DType::float64)))
      return false;
    // The order of operands tells which of two NaNs a sum becomes.
    std::size_t k = 1;
    if (add.b != product.out) k = 0;
    if (k == 0 && (add.a != product.out || !whole)) return false;
    const Register other = k == 0 ? add.b : add.a;
    if (other == product.out) return false;
    if (add.out != product.out && contains(live_[input(i, k)], 2 * (i + 1))) return false;
    drop_last();
    emit(i, {.code = whole ? RegisterCode(RegisterOperation::multiply_add, DType::int64)
                           : RegisterCode(RegisterOperation::multiply_add, DType::float64),
             .out = add.out,
             .a = product.a,
             .b = is_square ? product.a : product.b,
             .c = other});
    return true;
  }

  // `a if a < b else b` and the like, if nothing else needs the condition.
  bool join_choice(std::uint32_t i, const RegisterOp& select) {
    if (here() == block_start_) return false;
    const RegisterOp test = code().back();
    const RegisterForm form = form_of(test.code);
    const bool less = form.op == OpCode::less;
    if (form.kind != RegisterKind::test || (!less && form.op != OpCode::greater)) return false;
    const bool keeps = select.b == test.a && select.c == test.b;
    const bool swaps = select.b == test.b && select.c == test.a;
    if (test.out != select.a || !(keeps || swaps) || contains(live_[input(i, 0)], 2 * (i + 1)))
      return false;
    drop_last();
    emit(i,
         {.code = choice(form.in, less == keeps), .out = select.out, .a = select.b, .b = select.c});
    return true;
  }

  // The element of input 0 at the inputs that are indices, into or from the register of `value`.
  void emit_element(std::uint32_t i, RegisterOperation move, StorageId value) {
    const std::uint32_t first = first_index(row(i));
    const std::uint32_t axes = at(i).input_count - first;
    RegisterOp access{.code = by_bytes(move, element_bytes(i)),
                      .out = register_of(value),
                      .a = register_of(input(i, 0)),
                      .b = register_of(input(i, first))};
    if (axes == 1) {
      access.c = size_of(i, 0);
    } else if (axes == 2) {
      const bool loads = move == RegisterOperation::load;
      access.code = by_bytes(loads ? RegisterOperation::load_pair : RegisterOperation::store_pair,
                             element_bytes(i));
      access.c = register_of(input(i, first + 1));
      access.d = sizes_of(i);
    } else {
      access.b = emit_position(i, first, axes);
      access.c = constant(INT64_MAX);
    }
    emit(i, access);
  }

  Register emit_position(std::uint32_t i, std::uint32_t first, std::uint32_t axes) {
    if (position_ == kNoRegister) position_ = add_register(0);
    emit(i, {.code = RegisterOperation::position,
             .out = position_,
             .b = register_of(input(i, first)),
             .c = size_of(i, 0)});
    for (std::uint32_t axis = 1; axis < axes; ++axis) {
      emit(i, {.code = RegisterOperation::position_in,
               .out = position_,
               .b = position_,
               .c = register_of(input(i, first + axis)),
               .d = size_of(i, axis),
               .jump = static_cast<std::int32_t>(axis)});
    }
    return position_;
  }

  std::size_t element_bytes(std::uint32_t i) const {
    if (at(i).code == Code::kernel) return kernel(i).call.itemsize;
    return itemsize(plan_.dynamics[at(i).target].inputs[0].dtype);
  }

  std::uint64_t static_size(std::uint32_t i, std::uint32_t axis) const {
    return static_cast<std::uint64_t>(kernel(i).call.parameters[4 + axis]);
  }

  // The register with the size of an axis that is indexed.
  Register size_of(std::uint32_t i, std::uint32_t axis) {
    if (at(i).code == Code::kernel) return constant(static_size(i, axis));
    return static_cast<Register>(sizes_of_[input(i, 0)] + axis * sizeof(std::uint64_t));
  }

  // The first of two registers with the sizes of both axes.
  Register sizes_of(std::uint32_t i) {
    if (at(i).code != Code::kernel) return sizes_of_[input(i, 0)];
    const std::pair sizes(static_size(i, 0), static_size(i, 1));
    const auto [found, is_new] = size_pairs_.try_emplace(sizes, Register{0});
    if (is_new) {
      found->second = add_register(sizes.first);
      add_register(sizes.second);
    }
    return found->second;
  }

  void patch() {
    for (const auto& [op, target] : jumps_) {
      if (target == kNone) continue;
      const std::uint32_t to = op_at_[target - region_.begin];
      code()[op].jump = static_cast<std::int32_t>(to) - static_cast<std::int32_t>(op);
    }
    // A jump to a jump goes on at once.
    for (const Jump& jump : jumps_) {
      RegisterOp& operation = code()[jump.op];
      const RegisterOp* to = &operation + operation.jump;
      while (to->code == RegisterOperation::jump) to += to->jump;
      operation.jump = static_cast<std::int32_t>(to - &operation);
    }
  }

  struct Jump {
    std::uint32_t op;
    std::uint32_t target;  // an instruction
  };

  static constexpr std::uint32_t kHere = UINT32_MAX - 1;
  static constexpr std::uint32_t kCost = 2;
  static constexpr Register kNoRegister = UINT16_MAX;

  const Plan& plan_;
  const std::vector<Stretches>& live_;
  const std::vector<bool>& arrays_;
  const Region region_;
  // Per instruction of the region:
  std::vector<std::uint32_t> leads_;     // how many jumps lead to it
  std::vector<bool> absorbed_;           // made at the jump that uses it
  std::vector<std::uint32_t> entry_of_;  // of a jump: the end of the loop that it enters
  std::vector<std::uint32_t> op_at_;     // its first operation
  std::map<Use, std::uint32_t> condition_of_;
  std::map<std::uint64_t, Register> constants_;
  std::map<StorageId, Register> register_of_;
  std::map<StorageId, Register> sizes_of_;  // of dynamic arrays: the first of their sizes
  std::map<std::pair<std::uint64_t, std::uint64_t>, Register> size_pairs_;
  std::vector<std::uint64_t> registers_;
  std::map<StorageId, ListRegisters> lists_;
  std::map<StorageId, std::uint32_t> list_maker_;  // an instruction that changes the list
  Register position_ = kNoRegister;
  Register free_ = kNoRegister;  // within the operations of one instruction
  std::vector<Jump> jumps_;
  std::vector<bool> written_here_;  // per storage
  std::vector<StorageId> raised_;   // the storages that operands of raise ops are exported to
  std::uint32_t block_start_ = 0;   // operations from here on are only entered at the first
  CompiledRegion result_;
};

}  // namespace

std::optional<CompiledRegion> compile_region(const Plan& plan, const std::vector<Stretches>& live,
                                             const std::vector<bool>& arrays, Region region) {
  return Compiler(plan, live, arrays, region).run();
}

}  // namespace pygraph::plan
