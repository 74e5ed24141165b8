(* The spectral norm of an infinite matrix, by the power method: sums over arrays of floats. *)
let[@inline] a i j = 1. /. float (((i + j) * (i + j + 1) / 2) + i + 1)

let multiply_av v to_ =
  for i = 0 to Array.length to_ - 1 do
    let sum = ref 0. in
    for j = 0 to Array.length v - 1 do
      sum := !sum +. (a i j *. v.(j))
    done;
    to_.(i) <- !sum
  done

let multiply_atv v to_ =
  for i = 0 to Array.length to_ - 1 do
    let sum = ref 0. in
    for j = 0 to Array.length v - 1 do
      sum := !sum +. (a j i *. v.(j))
    done;
    to_.(i) <- !sum
  done

let () =
  let n = int_of_string Sys.argv.(1) in
  let u = Array.make n 1. and v = Array.make n 0. and between = Array.make n 0. in
  for _ = 1 to 10 do
    multiply_av u between;
    multiply_atv between v;
    multiply_av v between;
    multiply_atv between u
  done;
  let vbv = ref 0. and vv = ref 0. in
  for i = 0 to n - 1 do
    vbv := !vbv +. (u.(i) *. v.(i));
    vv := !vv +. (v.(i) *. v.(i))
  done;
  Printf.printf "%.9f\n" (sqrt (!vbv /. !vv))
