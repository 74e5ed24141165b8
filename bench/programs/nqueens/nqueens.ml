(* The queens of a board: solutions are lists that share their tails. *)
let rec is_safe row distance = function
  | [] -> true
  | q :: rest -> q <> row && q <> row + distance && q <> row - distance && is_safe row (distance + 1) rest

let rec extend n found = function
  | [] -> found
  | queens :: rest ->
    let rec try_row found row =
      if row = 0 then found
      else try_row (if is_safe row 1 queens then (row :: queens) :: found else found) (row - 1)
    in
    extend n (try_row found n) rest

let rec place n columns = if columns = 0 then [ [] ] else extend n [] (place n (columns - 1))

let () =
  let n = int_of_string Sys.argv.(1) in
  let solutions = place n n in
  let check =
    List.fold_left (List.fold_left (fun check row -> ((check * 31) + row) land 0x7fffffff)) 0 solutions
  in
  Printf.printf "%d queens: %d solutions, check %d\n" n (List.length solutions) check
