using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>The passes of several clients that are computed together: the first of each in a step, the second of each, and so on.</summary>
/// <param name="gradients">receives the parameters' gradients</param>
internal sealed class JoinedGroup(MiddleWorker middle, GradientSum gradients) : IDisposable
{
    private readonly SortedDictionary<int, JoinedRows> _rows = [];
    private IJoinedPass? _pass;

    /// <summary>The rows of all clients, in the order of their seats.</summary>
    public IReadOnlyCollection<JoinedRows> Rows => _rows.Values;

    /// <summary>The lane is computing it, or will.</summary>
    public bool IsQueued { get; set; }

    /// <summary>hN-2 is computed.</summary>
    public bool IsForwarded => _pass is not null;

    /// <summary>dL/dh0 is computed.</summary>
    public bool IsOver { get; private set; }

    public JoinedRows? Of(int seat) => _rows.GetValueOrDefault(seat);

    public void Add(JoinedRows rows) => _rows.Add(rows.Seat, rows);

    /// <summary>Before the forward: these rows are not computed with the others.</summary>
    public void Remove(JoinedRows rows)
    {
        _rows.Remove(rows.Seat);
        rows.Dispose();
    }

    /// <summary>Computes hN-2 of all; called on the lane.</summary>
    /// <returns>the clients whose values have become infinite or NaN; with any the pass is to be computed again without them</returns>
    public IReadOnlyList<JoinedRows> Forward(IReadOnlyList<JoinedRows> rows)
    {
        var begun = Stopwatch.GetTimestamp();
        foreach (var own in rows)
            own.DropoutState ??= middle.Stage.DropoutOf(own.Seat).GetState().DetachFromDisposeScope();
        _pass = Join(rows);
        using var scope = NewDisposeScope();
        List<Tensor> outputs = [.. rows.Select((_, i) => _pass.OutputOf(i))];
        List<JoinedRows> bad = [.. rows.Where((_, i) => !IsFinite(outputs[i]))];
        if (bad.Count > 0)
        {
            RestoreDropout(rows);
            Free();
            return bad;
        }

        foreach (var (own, output) in rows.Zip(outputs))
            own.Reply(output, begun);
        return bad;
    }

    /// <summary>Computes dL/dh0 of all; called on the lane.</summary>
    /// <param name="weights">of the rows; null = its client has left, and they count for nothing</param>
    /// <exception cref="NotFiniteException">A gradient of the middle is not finite; all are dropped.</exception>
    public void Backward(IReadOnlyList<JoinedRows> rows, IReadOnlyList<double?> weights)
    {
        var begun = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        var gradientsIn = rows.Zip(weights, (own, weight) => weight is null ? zeros_like(own.Hidden) : own.Gradient!);
        var backs = _pass!.Backward([.. gradientsIn], [.. weights.Select(weight => weight ?? 1)]);
        middle.ExpectFinite();
        gradients.Take();
        IsOver = true;
        foreach (var (own, back) in rows.Zip(backs))
            own.Reply(back, begun);
        Free();
    }

    /// <summary>Finds the clients whose gradients are not finite by computing each alone, and computes the forward of the others again; called on the lane.</summary>
    /// <returns>the clients, with what is wrong</returns>
    public IReadOnlyList<(JoinedRows Rows, NotFiniteException Error)> Separate(IReadOnlyList<JoinedRows> rows)
    {
        List<Tensor> now = [.. rows.Select(own => middle.Stage.DropoutOf(own.Seat).GetState())];
        RestoreDropout(rows);
        List<(JoinedRows Rows, NotFiniteException Error)> bad = [];
        foreach (var own in rows.Where(own => !own.IsLeft))
        {
            if (ErrorOf(own) is { } error)
                bad.Add((own, error));
        }

        List<JoinedRows> good = [.. rows.Except(bad.Select(each => each.Rows))];
        Free();
        RestoreDropout(rows);
        if (good.Count > 0)
            _pass = Join(good);
        foreach (var (own, state) in rows.Zip(now))
        {
            middle.Stage.DropoutOf(own.Seat).SetState(state);
            state.Dispose();
        }

        return bad;
    }

    public void Dispose()
    {
        Free();
        foreach (var rows in _rows.Values)
            rows.Dispose();
    }

    private static bool IsFinite(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.isfinite().all().item<bool>();
    }

    private IJoinedPass Join(IReadOnlyList<JoinedRows> rows) => middle.Stage.Forward([.. rows.Select(own => (own.Seat, own.Layout, own.Hidden))]);

    private NotFiniteException? ErrorOf(JoinedRows own)
    {
        using var pass = Join([own]);
        try
        {
            foreach (var back in pass.Backward([own.Gradient!], [1.0]))
                back.Dispose();
            middle.ExpectFinite();
            return null;
        }
        catch (NotFiniteException e)
        {
            return e;
        }
        finally
        {
            middle.ClearGradients();
        }
    }

    private void RestoreDropout(IReadOnlyList<JoinedRows> rows)
    {
        foreach (var own in rows)
            middle.Stage.DropoutOf(own.Seat).SetState(own.DropoutState!);
    }

    private void Free()
    {
        _pass?.Dispose();
        _pass = null;
    }
}
