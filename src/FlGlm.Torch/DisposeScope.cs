using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Frees every tensor made on its thread while it was the innermost scope, unless that was moved out or detached.
/// Opens with <see cref="NewDisposeScope"/>, belongs to one thread and one synchronous method: never await inside.
/// </summary>
public sealed partial class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? Innermost;

    private readonly DisposeScope? _outer;
    private HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);

    private DisposeScope(DisposeScope? outer) => _outer = outer;

    internal static DisposeScope? Current => Innermost;

    public IReadOnlyList<IDisposable> DisposablesView => [.. _disposables];

    public int DisposablesCount => _disposables.Count;

    internal static DisposeScope Open() => Innermost = new DisposeScope(Innermost);

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    public void Attach(IDisposable disposable) => MoveTo(this, disposable);

    /// <summary>Tells the scope that its member is disposed already.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        _disposables.Remove(disposable);
        if (disposable is Tensor tensor) tensor.OwningDisposeScope = null;
    }

    public void DisposeEverything() => DisposeEverythingBut([]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var all = _disposables;
        _disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in all)
        {
            if (_disposables.Contains(disposable)) continue;
            if (disposable is Tensor tensor) tensor.OwningDisposeScope = null;
            disposable.Dispose();
        }
    }

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    /// <summary>Frees its members and closes it, with any scope within it that is still open.</summary>
    public void Dispose()
    {
        DisposeEverything();
        for (var scope = Innermost; scope is not null; scope = scope._outer)
        {
            if (ReferenceEquals(scope, this)) Innermost = _outer;
        }
    }

    internal void Add(IDisposable disposable) => _disposables.Add(disposable);
}
