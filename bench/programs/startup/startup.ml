let () = Printf.printf "Hello, %s!\n" Sys.argv.(1)
