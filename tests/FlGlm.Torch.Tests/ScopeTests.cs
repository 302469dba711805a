using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.Torch.Tests;

public sealed class ScopeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it()
    {
        Settle();
        var before = Tensor.TotalCount;
        Tensor inner;
        using (var scope = NewDisposeScope())
        {
            inner = ones(3) + 1;
            Assert.Equal(2, scope.DisposablesCount);
            Assert.Equal(before + 2, Tensor.TotalCount);
        }

        Assert.True(inner.IsInvalid);
        Assert.Equal(before, Tensor.TotalCount);
        Assert.Throws<InvalidOperationException>(() => inner.exp());
    }

    [Fact]
    public void A_tensor_moves_out_or_stays_to_nobody()
    {
        using var outer = NewDisposeScope();
        Tensor moved, detached;
        using (NewDisposeScope())
        {
            moved = ones(2).MoveToOuterDisposeScope();
            detached = ones(2).DetachFromDisposeScope();
        }

        Assert.False(moved.IsInvalid);
        Assert.True(outer.Contains(moved));
        Assert.False(outer.Contains(detached));
        outer.DisposeEverything();
        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void A_disposed_tensor_leaves_its_scope()
    {
        using var scope = NewDisposeScope();
        ones(2).Dispose();
        var kept = ones(2);
        var dropped = ones(2);
        scope.DisposeEverythingBut(kept);
        Assert.Equal([kept], scope.DisposablesView);
        Assert.True(dropped.IsInvalid);
    }

    [Fact]
    public void Closing_a_scope_closes_those_left_open_in_it()
    {
        var outer = NewDisposeScope();
        NewDisposeScope();
        outer.Dispose();
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_data()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);
        var parameter = nn.Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Assert.Equal([parameter], scope.DisposablesView);
    }

    [Fact]
    public void Scopes_and_gradient_modes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        (bool Recording, bool Scoped, int Count) seen = default;
        var thread = new Thread(() =>
        {
            using var made = ones(2);
            seen = (is_grad_enabled(), CurrentDisposeScope is not null, scope.DisposablesCount);
        });
        thread.Start();
        thread.Join();
        Assert.Equal((true, false, 0), seen);
    }

    [Fact]
    public void A_thousand_steps_take_no_more_memory_than_fifty()
    {
        Steps(50);
        Settle();
        var (tensors, memory) = (Tensor.TotalCount, Resident());
        Steps(1000);
        Settle();
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.True(Resident() - memory < 32 << 20, $"grew by {(Resident() - memory) >> 20} MiB");
    }

    [BindingFact]
    public void Tensors_that_nobody_disposes_of_do_not_fill_the_memory()
    {
        const int mebiByte = 1 << 20;
        Settle();
        var memory = Resident();
        var most = 0L;
        for (var made = 0; made < 3000; made++)
        {
            _ = ones(mebiByte / sizeof(float));
            if (made % 100 == 0)
                most = Math.Max(most, Resident() - memory);
        }

        Assert.True(most < 1200L * mebiByte, $"of 3000 MiB {most / mebiByte} were held at a time");
    }

    private static void Steps(int count)
    {
        for (var step = 0; step < count; step++)
        {
            using var scope = NewDisposeScope();
            var x = ones(512, 256).requires_grad_();
            (x * x).tanh().sum().backward();
            _ = x.grad!.norm().ToSingle();
        }
    }

    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static long Resident()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
