from app.bench.cli import main

main()
