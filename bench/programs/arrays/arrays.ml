(* Arrays: sorting, searching, sums, filtering into one that grows, and the game of life on a grid. *)
let side = 256
let state = ref 1

let next below =
  state := ((!state * 1103515245) + 12345) land 0x7fffffff;
  (!state lsr 8) mod below

let different sorted =
  let count = ref (min 1 (Array.length sorted)) in
  for i = 1 to Array.length sorted - 1 do
    if (sorted.(i) : int) <> sorted.(i - 1) then incr count
  done;
  !count

let contains sorted (value : int) =
  let rec go low high =
    if low >= high then low < Array.length sorted && sorted.(low) = value
    else
      let middle = low + ((high - low) / 2) in
      if sorted.(middle) < value then go (middle + 1) high else go low middle
  in
  go 0 (Array.length sorted)

let step grid to_ =
  let cell y x = Char.code (Bytes.unsafe_get grid ((y * side) + x)) in
  for y = 0 to side - 1 do
    let up = (y + side - 1) mod side and down = (y + 1) mod side in
    for x = 0 to side - 1 do
      let left = if x = 0 then side - 1 else x - 1 and right = if x = side - 1 then 0 else x + 1 in
      let around =
        cell up left + cell up x + cell up right + cell y left + cell y right + cell down left + cell down x + cell down right
      in
      Bytes.unsafe_set to_ ((y * side) + x) (if around = 3 || (around = 2 && cell y x = 1) then '\001' else '\000')
    done
  done

let live rounds =
  let grid = ref (Bytes.init (side * side) (fun _ -> if next 3 = 0 then '\001' else '\000')) in
  let other = ref (Bytes.create (side * side)) in
  for _ = 1 to rounds do
    step !grid !other;
    let old = !grid in
    grid := !other;
    other := old
  done;
  let alive = ref 0 in
  Bytes.iter (fun c -> alive := !alive + Char.code c) !grid;
  !alive

let numbers n =
  let values = Array.init n (fun _ -> next 1000000) in
  let sorted = Array.copy values in
  Array.stable_sort (fun (a : int) b -> compare a b) sorted;
  let found = ref 0 in
  for _ = 1 to n do
    if contains sorted (next 1000000) then incr found
  done;
  let sums = Array.make (n + 1) 0 in
  for i = 0 to n - 1 do
    sums.(i + 1) <- sums.(i) + values.(i)
  done;
  let windows = ref 0 in
  for i = 0 to n - 100 do
    windows := !windows lxor (sums.(i + 100) - sums.(i))
  done;
  let even = ref (Array.make 16 0) and evens = ref 0 in
  Array.iter (fun value ->
    if value mod 2 = 0 then begin
      if !evens = Array.length !even then even := Array.append !even (Array.make !evens 0);
      !even.(!evens) <- value;
      incr evens
    end) values;
  for i = 0 to (n / 2) - 1 do
    let value = values.(i) in
    values.(i) <- values.(n - 1 - i);
    values.(n - 1 - i) <- value
  done;
  let check = Array.fold_left (fun check value -> ((check * 31) + value) land 0x7fffffff) 0 values in
  Printf.printf "%d different, %d found, windows %d, %d even, check %d\n" (different sorted) !found !windows !evens check

let () =
  let n = int_of_string Sys.argv.(1) and rounds = int_of_string Sys.argv.(2) in
  for _ = 1 to int_of_string Sys.argv.(3) do
    numbers n;
    Printf.printf "%d alive\n" (live rounds)
  done
